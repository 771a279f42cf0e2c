import './mantine.css';
import './theme.css';
import { createRoot } from 'react-dom/client';
import { preferredLanguage, startLanguage } from '@/shared/i18n';
import { leadToDoor } from '@/shared/session/door';
import { App } from './App';

const place = document.getElementById('root');
if (place === null) throw new Error('index.html has no #root');
await startLanguage(preferredLanguage());
await leadToDoor();
createRoot(place).render(<App />);

if ('serviceWorker' in navigator && import.meta.env.PROD) void navigator.serviceWorker.register('/sw.js');
