"""What a request to the API costs, beside what PostgreSQL alone and other frameworks need."""
