import './bridge/no-code-generation.ts';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import '@fontsource-variable/inter';
import './ui/base.css';
import { App } from './app.tsx';
import { connectStores } from './stores/connect-stores.ts';

connectStores();
const root = document.getElementById('root');
if (root === null) throw new Error('index.html has no #root.');
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
