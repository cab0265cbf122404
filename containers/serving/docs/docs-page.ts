import { docsScript } from './docs-script.ts';
import { docsStyle } from './docs-style.ts';

/**
 * Renders openapi.json beside it: one file, and nothing of any other host. The page tells nothing by itself, so that a
 * gateway may show it to anybody; it asks for the key that openapi.json wants.
 */
export const docsPage = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Predictions</title>
<style>${docsStyle}</style>
</head>
<body>
<h1>Predictions</h1>
<p>Models that serve now, each with what it takes and an example that works. As <a href="openapi.json">OpenAPI</a>.</p>
<label>API key <input id="key" type="password" autocomplete="off" placeholder="key of the platform"></label>
<main id="models">Reading the models…</main>
<script>${docsScript}</script>
</body>
</html>
`;
