/** Import rules: who may know whom. `npm run check` enforces them, test/tooling proves that they bite. */
const door = '^(functions|containers/serving|bin|console)/';
const runtime = '^(functions|containers|lib/(core|adapters|contracts))/';
const rule = (name, from, to) => ({ name, severity: 'error', from, to });

module.exports = {
  forbidden: [
    rule('no-circular', {}, { circular: true }),
    rule('no-unresolvable', {}, { couldNotResolve: true }),
    rule('contracts-know-only-zod', { path: '^lib/contracts/' }, { pathNot: '^lib/contracts/|node_modules/zod/' }),
    // Pure: no Node, no AWS, no npm.
    rule('core-is-pure', { path: '^lib/core/' }, { pathNot: '^lib/(core|contracts)/' }),
    rule(
      'meet-through-index',
      { path: '^lib/core/([^/]+)/' },
      { path: '^lib/core/[^/]+/', pathNot: ['^lib/core/$1/', '^lib/core/shared/', '/index[.]ts$'] },
    ),
    rule('adapters-serve-core', { path: '^lib/adapters/' }, { path: `^lib/infra/|^(cli|local|sdk)/|${door}` }),
    rule(
      'infra-is-not-runtime',
      { path: '^lib/infra/' },
      { path: '^lib/(core|adapters)/|^functions/|node_modules/@aws-sdk/' },
    ),
    rule('runtime-has-no-cdk', { path: runtime }, { path: '^lib/infra/|node_modules/(aws-cdk-lib|constructs)/' }),
    rule('runtime-has-no-local', { path: `${runtime}|^lib/infra/` }, { path: '^(local|cli|scripts)/' }),
    rule(
      'runtime-has-no-dev-dependencies',
      { path: runtime },
      { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['npm', 'type-only'], pathNot: 'node_modules/@types/' },
    ),
    rule('handlers-use-adapters', { path: '^functions/' }, { path: 'node_modules/@aws-sdk/' }),
    rule(
      'no-handler-to-handler',
      { path: '^functions/([^/]+)/' },
      { path: '^functions/', pathNot: ['^functions/$1/', '^functions/_shared/'] },
    ),
    rule(
      'clients-see-contracts',
      { path: '^(console|sdk/typescript)/' },
      { path: '^(lib|functions|bin|local|containers)/', pathNot: '^lib/contracts/' },
    ),
    rule('memory-is-for-tests', { path: door }, { path: '^lib/adapters/memory/' }),
    rule('nothing-imports-tests', { pathNot: '^test/' }, { path: '^test/' }),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(cdk[.]out[^/]*|[.]venv|[.]local|dist|coverage)/' },
    tsPreCompilationDeps: true, // type-only imports count
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default', 'types'] },
  },
};
