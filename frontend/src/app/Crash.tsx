import { ErrorState } from '@/shared/ui/states';

/** A screen that failed: the rest of the page goes on. */
export function Crash({ error }: { error: unknown }) {
  return <ErrorState error={error} retry={() => location.reload()} />;
}
