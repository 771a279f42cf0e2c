// Made by `npm run messages` from the files in this folder.
import body from './body.json';
import bring from './bring.json';
import calendar from './calendar.json';
import chronic from './chronic.json';
import common from './common.json';
import day from './day.json';
import exercise from './exercise.json';
import findings from './findings.json';
import food from './food.json';
import glucose from './glucose.json';
import health from './health.json';
import log from './log.json';
import metrics from './metrics.json';
import more from './more.json';
import nav from './nav.json';
import pressure from './pressure.json';
import readings from './readings.json';
import report from './report.json';
import review from './review.json';
import settings from './settings.json';
import signIn from './sign-in.json';
import sleep from './sleep.json';
import today from './today.json';
import tour from './tour.json';
import trends from './trends.json';
import units from './units.json';

export default { body, bring, calendar, chronic, common, day, exercise, findings, food, glucose, health, log, metrics, more, nav, pressure, readings, report, review, settings, 'sign-in': signIn, sleep, today, tour, trends, units };
