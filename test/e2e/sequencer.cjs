const { default: Sequencer } = require('@jest/test-sequencer');

/** Suites run in the order of their names: the main job first, what kills things last. */
module.exports = class extends Sequencer {
  sort(tests) {
    return [...tests].sort((a, b) => a.path.localeCompare(b.path));
  }
};
