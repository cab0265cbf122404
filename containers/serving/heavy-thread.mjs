// Beside start.mjs, in a checkout and in the image's bundles alike.
import './threads/thread.ts';
