// Made by `npm run messages` from the files in this folder.
import common from './common.json';
import findings from './findings.json';
import log from './log.json';
import metrics from './metrics.json';
import more from './more.json';
import nav from './nav.json';
import review from './review.json';
import settings from './settings.json';
import signIn from './sign-in.json';
import today from './today.json';
import tour from './tour.json';
import trends from './trends.json';
import units from './units.json';

export default { common, findings, log, metrics, more, nav, review, settings, 'sign-in': signIn, today, tour, trends, units };
