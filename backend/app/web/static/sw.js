// Keeps the page itself for when there is no network. No answer of the API is kept here.
const FILES = ["/assets/ActionIcon-DRboJY6e.js","/assets/Body-CAafImzQ.js","/assets/Body-CgLzc9dT.css","/assets/Button-CvI7XKxX.js","/assets/Calendar-DI_Txx3H.js","/assets/Calendar-DZeiWRYM.css","/assets/Card-DIi7qT-s.css","/assets/Card-DWJV54P-.js","/assets/Chronic-C6RQA7h4.js","/assets/Chronic-Cwb5ymni.css","/assets/CloseButton-C9r6RqR8.js","/assets/Combination-BxusxIMO.js","/assets/Day-BT3jhiq5.js","/assets/DayReadings-BfI0VUyz.js","/assets/DayTable-Dcygc2Um.js","/assets/Door-2cfOClqo.css","/assets/Door-BkI7TpC4.js","/assets/Exercise-BqlMFWf1.css","/assets/Exercise-CAuQv75n.js","/assets/FindingSheet-B4hfauj1.js","/assets/FindingSheet-McKa4Fym.css","/assets/FindingSheet-qX-eqX2g.js","/assets/Food-B0AEp4jR.js","/assets/Food-oaWxjaQr.css","/assets/Glucose-DRujSsvd.js","/assets/Glucose-VUxU69Mq.css","/assets/Icon-CVZJe3lh.js","/assets/Import-BtEfwQM0.js","/assets/Import-X9p82GFm.css","/assets/InputBase-cSiewho2.js","/assets/Log-BNm9O-sN.js","/assets/Log-C__D1oKy.css","/assets/More-BTP8RMXd.js","/assets/More-Dcvu650q.css","/assets/NativeSelect-COx2Y-o1.js","/assets/Night-eAGPAHt0.js","/assets/PasswordInput-e_T1ZxmC.js","/assets/Pressure-7ILssEup.js","/assets/Pressure-Cj3nOiqF.css","/assets/QrCode-BsjPc1i7.js","/assets/ReadingsSheet-D1mQ4jG3.js","/assets/ReadingsSheet-JUWb_lrc.js","/assets/Report-BMoQcBKp.js","/assets/Report-CL29gSVW.css","/assets/Review-D7Ih4Bnr.js","/assets/Review-Qixl6H5L.css","/assets/Screen-B2EHbt1M.css","/assets/Screen-fUCISqP6.js","/assets/Segments-BVcdA0aU.css","/assets/Segments-oZiaxc87.js","/assets/Settings-B8WyRo6z.js","/assets/Settings-D6W0QQNA.css","/assets/Settings.module-Cl1pUqNA.js","/assets/Shares-CRcVJeXL.js","/assets/Sheet-7agbtvvV.css","/assets/Sheet-IGDsj6Eu.js","/assets/SignIn-ZRTAGIk-.js","/assets/SignUp-DJsytc2p.js","/assets/Sleep-BeVOkPXA.js","/assets/Sleep-Cyz6vR0_.css","/assets/Sleep.module-q8htDsCR.js","/assets/Spans-BmhyuIYz.js","/assets/Spans-vDbeo7ea.css","/assets/Sparkline-Dm4XjGwM.js","/assets/Stats-DnDxcxDu.js","/assets/Switch-Bjw1X6rx.js","/assets/TextInput-DdY5jzDP.js","/assets/Tile-Xphxu7pU.js","/assets/Tile-ZOMlwImw.css","/assets/Today-3_Y9baFY.js","/assets/Today-Cc7MgngK.css","/assets/Trend-Cv3Q2zW8.js","/assets/Trend-D17FRFgE.css","/assets/Trends-BF3efZuC.js","/assets/Trends-BhmJppsi.css","/assets/Trends.module-BMi0XasJ.js","/assets/Welcome-Cg8mzHTo.css","/assets/Welcome-cNcFAVKg.js","/assets/basis-BL19ZDw6.js","/assets/brand-BuFjtJ90.js","/assets/catalogue-IWI3CNix.js","/assets/de-B8sCaCPL.js","/assets/door-Bu4k56HA.js","/assets/en-DlvQH3SV.js","/assets/entries-B7Y82dFJ.js","/assets/findings-Dhd8_Vkc.js","/assets/index-CHdlSZ8r.css","/assets/index-DDWinnKK.js","/assets/inter-latin-wght-normal-Dx4kXJAl.woff2","/assets/invented-BdJemO5L.js","/assets/jsx-runtime-_y4j0FHm.js","/assets/kinds-WX_8Nz3X.js","/assets/link-DFzM4E0d.js","/assets/marks-CjFgj3aW.css","/assets/marks-fAii2OUH.js","/assets/nav-Bsu_0J3u.js","/assets/notifications.store-Drj3i0Z8.js","/assets/random-id-S7a4JWBX.js","/assets/readings-CZa7ONAG.js","/assets/readings-wAVuSWNj.css","/assets/readings.module-B5P3KuOp.js","/assets/rolldown-runtime-WkwZ5CU-.js","/assets/routes-CQM8-g1A.js","/assets/routes-CjTYcZpb.js","/assets/routes-CqcfCc9C.js","/assets/routes-D845FeYJ.js","/assets/routes-Doceb2na.js","/assets/routes-Dz8zXEQL.js","/assets/routes-DzQQreeH.js","/assets/routes-jQ2t7J2p.js","/assets/routing-DPWauTa2.js","/assets/series-B8WzLcgi.js","/assets/session-BSH5JHmu.js","/assets/states-1tntbLxm.js","/assets/states-CPITKn69.css","/assets/tellWhy-DEI6sOJ2.js","/assets/use-id-C8VE0CJk.js","/assets/use-merged-ref-Bu11xJIi.js","/assets/use-resize-observer-BRyqTffF.js","/assets/use-uncontrolled-CLUiSCBb.js","/assets/useNavigate-BeyHGkcL.js","/assets/useParams-CPvohSXa.js","/assets/useSearch-CBiw5ePw.js"];
const CACHE = `page-${FILES.join().split('').reduce((sum, c) => (sum * 31 + c.charCodeAt(0)) | 0, 7)}`;
self.addEventListener('install', (event) => {
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(['/', ...FILES])));
  self.skipWaiting();
});
self.addEventListener('activate', (event) => {
  const old = (keys) => Promise.all(keys.filter((key) => key !== CACHE).map((key) => caches.delete(key)));
  event.waitUntil(caches.keys().then(old).then(() => self.clients.claim()));
});
self.addEventListener('fetch', (event) => {
  const { request } = event;
  const { pathname, origin } = new URL(request.url);
  if (request.method !== 'GET' || origin !== location.origin) return;
  if (FILES.includes(pathname)) {
    event.respondWith(caches.match(pathname).then((kept) => kept ?? fetch(request)));
  } else if (request.mode === 'navigate' && !/^\/(api|docs|healthz|readyz)|\./.test(pathname)) {
    event.respondWith(fetch(request).catch(() => caches.match('/')));
  }
});

// A message says that there is something new, and never what: see docs/telling.md.
const TEXTS = {"en":{"test":"A test: messages arrive here.","findings_one":"{{count}} new finding. Open VitalIQ to see it.","findings_other":"{{count}} new findings. Open VitalIQ to see them."},"de":{"test":"Ein Test: Nachrichten kommen hier an.","findings_one":"{{count}} neuer Befund. Öffne VitalIQ, um ihn zu sehen.","findings_other":"{{count}} neue Befunde. Öffne VitalIQ, um sie zu sehen."}};
const texts = TEXTS[(self.navigator.languages ?? []).map((tag) => tag.split('-')[0]).find((language) => language in TEXTS) ?? 'en'];
self.addEventListener('push', (event) => {
  let told = {};
  try {
    told = event.data?.json() ?? {};
  } catch {
    // Whatever it is, a push must be shown.
  }
  const count = Number(told.count) || 1;
  const isTest = told.kind === 'test';
  const body = isTest ? texts.test : texts[count === 1 ? 'findings_one' : 'findings_other'].replace('{{count}}', String(count));
  const options = { body, tag: isTest ? 'test' : 'findings', icon: '/icon-192.png', data: { path: isTest ? '/settings' : '/review' } };
  event.waitUntil(self.registration.showNotification('VitalIQ', options));
});
self.addEventListener('notificationclick', (event) => {
  event.notification.close();
  const { path } = event.notification.data ?? { path: '/' };
  const show = async () => {
    const [open] = await self.clients.matchAll({ type: 'window', includeUncontrolled: true });
    if (open === undefined) return self.clients.openWindow(path);
    const page = await open.focus();
    return page.navigate(path);
  };
  event.waitUntil(show());
});
