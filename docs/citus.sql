-- Distributes VitalIQ's tables by user with Citus: run once, by the owner of the tables, on the coordinator,
-- after `vitaliq migrate` and before there are many rows.
--
-- Citus could not be installed where VitalIQ is tested: this script has not been run. What has been shown is that
-- every unique key and every reference of these tables holds user_id, that the tests pass on hash partitions by
-- user_id (`make test-partitioned`), and that each hot query meets one partition of each table
-- (backend/tests/test_distribution.py, which also holds this script to the tables that there are).

-- Few rows, or looked up before the user is known: a copy on every node.
SELECT create_reference_table('users');
SELECT create_reference_table('deleted_accounts');

-- guess_limits and passkey_challenges, which name no user, and the schema `queue` stay on the coordinator. Triggers on
-- distributed tables (migration 0011 has some) are an option of Citus that is off by default; it was not tried.

SELECT create_distributed_table('batches', 'user_id');
SELECT create_distributed_table('anomalies', 'user_id', colocate_with => 'batches');
SELECT create_distributed_table('audit_events', 'user_id', colocate_with => 'batches');
SELECT create_distributed_table('channels', 'user_id', colocate_with => 'batches');
SELECT create_distributed_table('day_pages', 'user_id', colocate_with => 'batches');
SELECT create_distributed_table('detection_memories', 'user_id', colocate_with => 'batches');
SELECT create_distributed_table('episodes', 'user_id', colocate_with => 'batches');
SELECT create_distributed_table('held_groups', 'user_id', colocate_with => 'batches');
SELECT create_distributed_table('held_readings', 'user_id', colocate_with => 'batches');
SELECT create_distributed_table('idempotency_keys', 'user_id', colocate_with => 'batches');
SELECT create_distributed_table('import_templates', 'user_id', colocate_with => 'batches');
SELECT create_distributed_table('imports', 'user_id', colocate_with => 'batches');
SELECT create_distributed_table('jobs', 'user_id', colocate_with => 'batches');
SELECT create_distributed_table('passkeys', 'user_id', colocate_with => 'batches');
SELECT create_distributed_table('reading_series', 'user_id', colocate_with => 'batches');
SELECT create_distributed_table('readings', 'user_id', colocate_with => 'batches');
SELECT create_distributed_table('recovery_codes', 'user_id', colocate_with => 'batches');
SELECT create_distributed_table('sessions', 'user_id', colocate_with => 'batches');
SELECT create_distributed_table('stale_days', 'user_id', colocate_with => 'batches');
SELECT create_distributed_table('tags', 'user_id', colocate_with => 'batches');
SELECT create_distributed_table('totp_secrets', 'user_id', colocate_with => 'batches');
SELECT create_distributed_table('body_metrics', 'user_id', colocate_with => 'batches');
SELECT create_distributed_table('chronic_metrics', 'user_id', colocate_with => 'batches');
SELECT create_distributed_table('exercise_entries', 'user_id', colocate_with => 'batches');
SELECT create_distributed_table('food_entries', 'user_id', colocate_with => 'batches');
SELECT create_distributed_table('deliveries', 'user_id', colocate_with => 'batches');
SELECT create_distributed_table('import_parts', 'user_id', colocate_with => 'batches');
SELECT create_distributed_table('job_parts', 'user_id', colocate_with => 'batches');
SELECT create_distributed_table('refresh_tokens', 'user_id', colocate_with => 'batches');
SELECT create_distributed_table('sleep_entries', 'user_id', colocate_with => 'batches');
SELECT create_distributed_table('vital_signs', 'user_id', colocate_with => 'batches');
