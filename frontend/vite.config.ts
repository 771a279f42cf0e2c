/// <reference types="vitest/config" />
import { readFileSync } from 'node:fs';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';

/** Writes `sw.js` from `src/app/sw.js`, with the list of the files that make up the page and the texts of
 * notifications. */
function serviceWorker(): Plugin {
  return {
    name: 'service-worker',
    apply: 'build',
    generateBundle(_, bundle) {
      const files = Object.keys(bundle)
        .filter((name) => name.startsWith('assets/') && !name.endsWith('.map'))
        .sort()
        .map((name) => `/${name}`);
      const source = readFileSync(new URL('src/app/sw.js', import.meta.url), 'utf8');
      const texts = Object.fromEntries(['en', 'de'].map((language) => [language, JSON.parse(readFileSync(new URL(`src/messages/${language}/push.json`, import.meta.url), 'utf8'))]));
      const listed = source.replace('self.__FILES__', JSON.stringify(files)).replace('self.__TEXTS__', JSON.stringify(texts));
      this.emitFile({ type: 'asset', fileName: 'sw.js', source: listed });
    },
  };
}

export default defineConfig({
  plugins: [react(), serviceWorker()],
  resolve: { alias: { '@': new URL('src', import.meta.url).pathname } },
  // The server puts the nonce of the load there: see backend/app/page.py.
  html: { cspNonce: '__CSP_NONCE__' },
  css: { modules: { generateScopedName: '[name]_[local]_[hash:base64:5]' } },
  build: {
    outDir: process.env.PAGE_FOLDER ?? '../backend/app/web/static',
    emptyOutDir: true,
    target: 'es2022',
    assetsInlineLimit: 0,
    sourcemap: false,
    manifest: 'manifest.json',
    chunkSizeWarningLimit: 700,
  },
  server: { proxy: { '/api': 'http://127.0.0.1:8000' } },
  test: { include: ['src/**/*.test.ts'], environment: 'node' },
});
