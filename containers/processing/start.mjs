// The image holds a bundle at this path; a checkout runs the sources. So one command starts both.
import './main.ts';
