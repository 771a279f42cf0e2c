import type { LinkProps } from '@tanstack/react-router';
import type { IconName } from '@/shared/ui/Icon';

/** One place in the rail (wide screens) and on the "More" screen (phones). */
export interface Place {
  to: NonNullable<LinkProps['to']>;
  icon: IconName;
  /** A key of messages/<language>/nav.json. */
  label: string;
  group: 'main' | 'health' | 'account';
  /** Smaller comes first. */
  order: number;
  /** Also in the bar at the foot of a phone's screen. */
  inBar?: boolean;
}

/** All places, in their order; the app fills it from the features. */
export const places: Place[] = [];
