/** The API, typed by the committed docs/openapi.json. */
import createFetchClient, { type Middleware } from 'openapi-fetch';
import createQueryClient from 'openapi-react-query';
import { noteReach } from './reach';
import type { components, paths } from './schema';

export type Schemas = components['schemas'];
export type Problem = Schemas['Problem'];

/** With the cookie it makes a request count as this page's: see docs/security.md, T18. */
const ofPage: Middleware = {
  onRequest({ request }) {
    request.headers.set('X-VitalIQ-Page', '1');
    return request;
  },
  onResponse() {
    noteReach(true);
  },
  onError({ error }) {
    // Who stops asking has learned nothing of the server.
    if (!(error instanceof DOMException && error.name === 'AbortError')) noteReach(false);
  },
};

/** Plain calls: `await client.POST('/api/body', { body })`. */
export const client = createFetchClient<paths>({ baseUrl: location.origin });
client.use(ofPage);

/** Calls as hooks: `api.useQuery('get', '/api/dashboard', { params: { query: {} } })`. */
export const api = createQueryClient(client);

/** The problem that a call was answered with; undefined when there was no answer at all. */
export function problemOf(error: unknown): Problem | undefined {
  const isProblem = typeof error === 'object' && error !== null && 'status' in error && 'detail' in error;
  return isProblem ? (error as Problem) : undefined;
}

/** Whether nothing answered at all; each browser has its own words for it. */
export function isNoAnswer(error: unknown): boolean {
  return error instanceof TypeError && /^(failed to fetch|networkerror|load failed|error loading|importing)/i.test(error.message);
}

/** The answer's body, or its problem as an exception. */
export function bodyOf<Body>(answer: { data?: Body; error?: unknown; response: Response }): Body {
  if (!answer.response.ok) throw answer.error ?? new Error(String(answer.response.status));
  return answer.data as Body;
}
