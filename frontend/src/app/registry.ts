/** The features: one line each in each list, here and nowhere else. */
import * as log from '@/features/log/routes';
import * as more from '@/features/more/routes';
import * as review from '@/features/review/routes';
import * as settings from '@/features/settings/routes';
import * as signIn from '@/features/sign-in/routes';
import * as today from '@/features/today/routes';
import * as tour from '@/features/tour/routes';
import * as trends from '@/features/trends/routes';
import { places } from '@/shared/nav';

/** Screens behind the sign-in. */
export const inside = [
  ...today.routes,
  ...trends.routes,
  ...log.routes,
  ...review.routes,
  ...tour.routes,
  ...more.routes,
  ...settings.routes,
] as const;

/** Screens before it. */
export const outside = [...signIn.routes] as const;

places.push(
  ...today.places,
  ...trends.places,
  ...log.places,
  ...review.places,
  ...settings.places,
);
places.sort((one, other) => one.order - other.order);
