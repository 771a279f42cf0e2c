/** The features: one line each in each list, here and nowhere else. */
import * as body from '@/features/body/routes';
import * as calendar from '@/features/calendar/routes';
import * as chronic from '@/features/chronic/routes';
import * as day from '@/features/day/routes';
import * as exercise from '@/features/exercise/routes';
import * as food from '@/features/food/routes';
import * as glucose from '@/features/glucose/routes';
import * as bring from '@/features/import/routes';
import * as log from '@/features/log/routes';
import * as more from '@/features/more/routes';
import * as pressure from '@/features/pressure/routes';
import * as report from '@/features/report/routes';
import * as review from '@/features/review/routes';
import * as settings from '@/features/settings/routes';
import * as signIn from '@/features/sign-in/routes';
import * as sleep from '@/features/sleep/routes';
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
  ...glucose.routes,
  ...pressure.routes,
  ...sleep.routes,
  ...exercise.routes,
  ...food.routes,
  ...body.routes,
  ...chronic.routes,
  ...calendar.routes,
  ...day.routes,
  ...report.routes,
  ...bring.routes,
] as const;

/** Screens before it. */
export const outside = [...signIn.routes] as const;

places.push(
  ...today.places,
  ...trends.places,
  ...log.places,
  ...review.places,
  ...settings.places,
  ...glucose.places,
  ...pressure.places,
  ...sleep.places,
  ...exercise.places,
  ...food.places,
  ...body.places,
  ...chronic.places,
  ...calendar.places,
  ...report.places,
  ...bring.places,
);
places.sort((one, other) => one.order - other.order);
