import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** The charts alone, for the benchmark: built into `BENCH_FOLDER`, never served by VitalIQ. */
export default defineConfig({
  root: import.meta.dirname,
  plugins: [react()],
  resolve: { alias: { '@': new URL('../src', import.meta.url).pathname } },
  build: { outDir: process.env.BENCH_FOLDER, emptyOutDir: true, target: 'es2022', chunkSizeWarningLimit: 900 },
});
