import { Why } from '@/shared/i18n/Why';
import { toast } from './toast';

/** For `onError`: says for a moment why it did not work. */
export function tellWhy(error: unknown): void {
  toast(<Why error={error} />, 'bad');
}
