/** Signing in and up: the session that comes is a cookie. */
import { bodyOf, client, problemOf, type Schemas } from '@/shared/api/client';
import { forgetEverything } from '@/shared/api/store';
import { noteSignedIn } from '@/shared/session/door';

export interface Credentials {
  email: string;
  password: string;
  code?: string;
}

/** A key of messages/<language>/sign-in.json. */
export type Refusal =
  | 'wrong' | 'wrongCode' | 'needCode' | 'taken' | 'closed' | 'tooMany' | 'badEmail' | 'weak' | 'insecure' | 'failed';

export async function signIn(credentials: Credentials): Promise<void> {
  // What another person left behind on this device goes first.
  await forgetEverything();
  bodyOf(await client.POST('/api/auth/page/login', { body: credentials as never }));
  await noteSignedIn();
}

export async function signUp(account: Schemas['RegisterIn']): Promise<void> {
  bodyOf(await client.POST('/api/auth/register', { body: account }));
  await signIn({ email: account.email, password: account.password });
}

export async function signInWithPasskey(): Promise<void> {
  const { options } = bodyOf(await client.POST('/api/auth/login/passkey/options', {}));
  const asked = options as { publicKey?: unknown };
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(
    (asked.publicKey ?? options) as PublicKeyCredentialRequestOptionsJSON,
  );
  const credential = await navigator.credentials.get({ publicKey });
  if (!(credential instanceof PublicKeyCredential)) throw new Error('no passkey');
  await forgetEverything();
  const body = { credential: credential.toJSON() as unknown as Schemas['Signed'] };
  bodyOf(await client.POST('/api/auth/page/login/passkey', { body }));
  await noteSignedIn();
}

/** Whether this browser and address can use passkeys at all: an address of digits cannot. */
export const hasPasskeys =
  'PublicKeyCredential' in window &&
  'parseRequestOptionsFromJSON' in PublicKeyCredential &&
  !/^[\d.]+$|^\[/.test(location.hostname);

const REFUSALS: Readonly<Record<string, Refusal>> = {
  'second-factor-needed': 'needCode',
  'wrong-second-factor': 'wrongCode',
  'not-signed-in': 'wrong',
  'needs-https': 'insecure',
  'sign-up-closed': 'closed',
  'address-taken': 'taken',
  'too-many-tries': 'tooMany',
};

function misfitOf(fields: readonly (string | number)[]): Refusal {
  if (fields.includes('email')) return 'badEmail';
  return fields.includes('password') ? 'weak' : 'failed';
}

/** Why a sign-in was refused. */
export function refusalOf(error: unknown, hadCode: boolean): Refusal {
  const problem = problemOf(error);
  if (problem?.code === 'second-factor-needed' && hadCode) return 'wrongCode';
  if (problem?.status === 422) return misfitOf(problem.errors.flatMap(({ loc }) => loc));
  return REFUSALS[problem?.code ?? ''] ?? 'failed';
}
