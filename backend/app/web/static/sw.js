// Keeps the page itself for when there is no network. No answer of the API is kept here.
const FILES = ["/assets/ActionIcon-gFpXe294.js","/assets/Button-B0AtZ_TM.js","/assets/Card-DIi7qT-s.css","/assets/Card-DK4LG9Pd.js","/assets/CloseButton-BR_q5vDN.js","/assets/Door-2cfOClqo.css","/assets/Door-DegQPaQK.js","/assets/Icon-lhMWuxLr.js","/assets/InputBase-WpgysNmM.js","/assets/Log-BtQ6aU2Q.js","/assets/Log-yVuqxvSs.css","/assets/More-Bi8Zfcl3.js","/assets/More-Dcvu650q.css","/assets/NativeSelect-BqiXHqwC.js","/assets/Review-DfnJYh4_.css","/assets/Review-DnXbaNCP.js","/assets/Screen-Boe9dfRS.js","/assets/Screen-D55uvhjN.css","/assets/Segments-DEAAzMUv.js","/assets/Segments-gGl2GCJ1.css","/assets/SignIn-D8U2H1z2.js","/assets/SignUp-BSf9Ri53.js","/assets/TextInput-CnRYZbvH.js","/assets/Tile-BUqad9J2.css","/assets/Tile-S8GaMsXa.js","/assets/Today-B2ypOYwx.js","/assets/Today-Cc7MgngK.css","/assets/Trend-BK-RA-9x.js","/assets/Trend-ZFrmIyS9.css","/assets/Trends-BI0gEYoZ.css","/assets/Trends-BjKdD2eR.js","/assets/Trends.module-CX8h0dw8.js","/assets/Welcome-Cg8mzHTo.css","/assets/Welcome-DCwND4ix.js","/assets/brand-BuFjtJ90.js","/assets/catalogue-jgCQenp3.js","/assets/client-DrI2qi9v.js","/assets/de-DjP5hO4r.js","/assets/en-CKzRg-MK.js","/assets/entries-CWNk9pXv.js","/assets/index-BizbipPO.js","/assets/index-GvSmtO2p.css","/assets/inter-latin-wght-normal-Dx4kXJAl.woff2","/assets/invented-hxYX3Zap.js","/assets/marks-BluPt9lC.js","/assets/marks-CGn-DEQl.css","/assets/nav-Bsu_0J3u.js","/assets/notifications.store-WiK1TuJx.js","/assets/random-id-S7a4JWBX.js","/assets/routes-Bhor4a6s.js","/assets/routes-CBE_NyFA.js","/assets/routing-DYzLnjfG.js","/assets/series-CL82iLuB.js","/assets/session-BzpLqAsS.js","/assets/states-C2YfEuk1.js","/assets/states-DxVdjxG3.css","/assets/store-CcEZ4EF0.js","/assets/toast-DJAh8IDV.js","/assets/use-id-B3Rj9Ri3.js","/assets/useNavigate-BUS0E_Tf.js","/assets/useParams-BlJAWz8Z.js","/assets/useSearch-B3heStGh.js"];
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
