import { describe, expect, it } from '@jest/globals';
import { edgePlanName } from '#infra/local/edge-plan.ts';
import { pagePath, partsPath, uploadPath } from '#infra/mlflow-routes.ts';
import { stageNames, stageOf } from '#infra/stages.ts';
import { type Resource, resourcesOf, stageApp, templatesOf } from './synth.ts';

const awsStages = stageNames.filter((name) => name !== 'local');
const only = (resources: Record<string, Resource>): Resource => {
  const [one, ...others] = Object.values(resources);
  expect(others).toEqual([]);
  return one as Resource;
};
const distributionOf = (name: (typeof stageNames)[number]) =>
  only(resourcesOf(templatesOf(name).platform, 'AWS::CloudFront::Distribution')).Properties.DistributionConfig;

interface Behaviour {
  readonly PathPattern: string;
  readonly TargetOriginId: string;
}

describe.each(awsStages)('the one address of %s', (name) => {
  const config = distributionOf(name);
  const behaviours: Behaviour[] = [...config.CacheBehaviors, config.DefaultCacheBehavior];
  const originOf = (path: string) => {
    const behaviour = behaviours.find(({ PathPattern }) => PathPattern === path) ?? config.DefaultCacheBehavior;
    return config.Origins.find(({ Id }: { Id: string }) => Id === behaviour.TargetOriginId);
  };

  it('leads uploads into the network and all else to the API', () => {
    expect(behaviours.map(({ PathPattern }) => PathPattern)).toEqual([
      uploadPath,
      pagePath,
      '/static-files/*',
      undefined,
    ]);
    expect(originOf(uploadPath).VpcOriginConfig).toBeDefined();
    expect(originOf(pagePath)).toEqual(originOf(uploadPath));
    expect(JSON.stringify(originOf('*').DomainName)).toMatch(/execute-api/);
    expect(originOf('/static-files/*')).toEqual(originOf('*'));
  });

  it('lets every method through, without keeping an answer, to whoever speaks TLS', () => {
    // Managed policies: CachingDisabled, and all that the viewer sent but Host.
    for (const behaviour of [config.CacheBehaviors[0], config.DefaultCacheBehavior])
      expect(behaviour).toMatchObject({
        AllowedMethods: expect.arrayContaining(['GET', 'PUT', 'POST', 'PATCH', 'DELETE']),
        CachePolicyId: '4135ea2d-6df8-44a3-9df3-4b5a84be39ad',
        OriginRequestPolicyId: 'b689b0a8-53d0-40ab-baf2-68738e2966ac',
        ViewerProtocolPolicy: 'https-only',
      });
  });

  it('keeps no error either: who made what was missing asks for it at once', () => {
    const kept = config.CustomErrorResponses as { ErrorCode: number; ErrorCachingMinTTL: number }[];
    expect(kept.map(({ ErrorCode }) => ErrorCode)).toEqual(expect.arrayContaining([404, 500, 502, 503, 504]));
    for (const { ErrorCachingMinTTL } of kept) expect(ErrorCachingMinTTL).toBe(0);
  });

  it('keeps static files, and allows nothing but reading them', () => {
    const [, , files] = config.CacheBehaviors;
    expect(files.AllowedMethods).toEqual(['GET', 'HEAD']);
    expect(files.CachePolicyId).toBe('658327ea-f89d-4fab-a63d-7e88639e58f6');
  });

  it('lets nobody tell the fleet who he is', () => {
    expect(originOf(uploadPath).OriginCustomHeaders).toEqual([
      { HeaderName: 'x-caller-id', HeaderValue: 'nobody' },
      { HeaderName: 'x-caller-role', HeaderValue: 'nobody' },
    ]);
  });

  it('is logged, near to its callers and told in an output', () => {
    expect(config).toMatchObject({
      PriceClass: 'PriceClass_100',
      HttpVersion: 'http2and3',
      Logging: expect.anything(),
    });
    expect(Object.keys(templatesOf(name).platform.findOutputs('EdgeUrl'))).toEqual(['EdgeUrl']);
  });
});

describe.each(stageNames)('the load balancer of %s', (name) => {
  const { serving, platform } = templatesOf(name);
  const rulesIn = (template: typeof serving) =>
    Object.values(resourcesOf(template, 'AWS::ElasticLoadBalancingV2::ListenerRule')).map((rule) => rule.Properties);
  const groupsIn = (template: typeof serving) => resourcesOf(template, 'AWS::ElasticLoadBalancingV2::TargetGroup');

  it('sends uploads to tasks, in a group whose times are no predictions', () => {
    const [{ Conditions, Actions, Priority }] = rulesIn(serving);
    expect(Conditions).toEqual([
      { Field: 'path-pattern', PathPatternConfig: { Values: [uploadPath] } },
      { Field: 'http-request-method', HttpRequestMethodConfig: { Values: ['PUT'] } },
    ]);
    for (const other of rulesIn(platform)) expect(Priority).toBeLessThan(other.Priority);
    const listener = only(resourcesOf(serving, 'AWS::ElasticLoadBalancingV2::Listener')).Properties;
    expect(Actions[0].TargetGroupArn).not.toEqual(listener.DefaultActions[0].TargetGroupArn);
    const service = only(resourcesOf(serving, 'AWS::ECS::Service')).Properties;
    expect(service.LoadBalancers).toHaveLength(2);
    expect(Object.keys(groupsIn(serving))).toHaveLength(2);
  });

  it.each([
    ['all else below that path, and the parts of an upload', [uploadPath, partsPath], 'ArtifactsMlflow'],
    ['who opens it in a browser', [pagePath], 'UiMlflow'],
  ])('sends %s to a function', (_, paths, door) => {
    const rule = rulesIn(platform).find(
      ({ Conditions }) => JSON.stringify(Conditions[0].PathPatternConfig.Values) === JSON.stringify(paths),
    );
    expect(rule?.Conditions).toHaveLength(1);
    const group = groupsIn(platform)[rule?.Actions[0].TargetGroupArn.Ref]?.Properties;
    expect([group.TargetType, JSON.stringify(group.Targets)]).toEqual(['lambda', expect.stringContaining(door)]);
  });

  it('tells tasks where they ask for the parts of an upload', () => {
    const [container] = only(resourcesOf(serving, 'AWS::ECS::TaskDefinition')).Properties.ContainerDefinitions;
    const address = container.Environment.find(({ Name }: { Name: string }) => Name === 'ARTIFACTS_URL').Value;
    if (stageOf(name).emulated) expect(address).toBe('http://127.0.0.1:4599/_alb/mlops-serving-local');
    else expect(JSON.stringify(address)).toMatch(/http:\/\/.*DNSName/);
  });
});

describe.each(stageNames)('functions that the load balancer of %s asks', (name) => {
  const functions = Object.values(resourcesOf(templatesOf(name).platform, 'AWS::Lambda::Function'));
  const { besideApi } = stageOf(name).limits;

  it('run so many at once where the account has room for that, and no others are held', () => {
    const held = functions.filter(({ Properties }) => Properties.ReservedConcurrentExecutions !== undefined);
    const asked = ['functions/artifacts/mlflow.ts', 'functions/ui/mlflow.ts'];
    expect(held.map(({ Properties }) => Properties.Description).sort()).toEqual(besideApi ? asked : []);
    for (const { Properties } of held) expect(Properties.ReservedConcurrentExecutions).toBe(besideApi);
    expect(besideApi !== undefined).toBe(name === 'staging' || name === 'prod');
  });

  it('answer of files before CloudFront and the load balancer give up, which is later than the API does', () => {
    const files = functions.find(({ Properties }) => Properties.Description === 'functions/artifacts/mlflow.ts');
    expect(files?.Properties.Timeout).toBe(55);
  });
});

describe.each(awsStages)('who may reach the load balancer of %s', (name) => {
  it('is the API, CloudFront and the tasks themselves', () => {
    const { serving } = templatesOf(name);
    const rules = Object.values(resourcesOf(serving, 'AWS::EC2::SecurityGroupIngress')).map((r) => r.Properties);
    const into = rules.filter(({ GroupId }) => JSON.stringify(GroupId).includes('FleetBalancer'));
    expect(into.map(({ Description }) => Description).sort()).toEqual([
      'HTTP API through the VPC link',
      'Tasks ask for the parts of an upload',
      'Uploads through CloudFront',
    ]);
    expect(into.find(({ SourcePrefixListId }) => SourcePrefixListId)).toMatchObject({
      SourcePrefixListId: 'pl-3b927c52',
      FromPort: 80,
      ToPort: 80,
    });
    const groups = Object.entries(resourcesOf(serving, 'AWS::EC2::SecurityGroup'));
    const balancers = groups.filter(([id]) => id.startsWith('FleetBalancer'));
    expect(balancers.map(([, { Properties }]) => Properties.SecurityGroupIngress)).toEqual([undefined]);
  });
});

it('a region whose list of CloudFront addresses is not known is refused, with the way out', () => {
  const elsewhere = { ...stageOf('dev'), region: 'ca-west-1' };
  expect(() => stageApp('dev', {}, elsewhere)).toThrow(/no prefix list .* ca-west-1; say -c edgePrefixList=pl-/);
  expect(() => stageApp('dev', { edgePrefixList: 'pl-1' }, elsewhere)).not.toThrow();
});

it('the local stage leaves a plan for the stand-in instead', () => {
  const { Metadata, Outputs } = templatesOf('local').platform.toJSON();
  expect(Object.keys(Outputs)).not.toContain('EdgeUrl');
  const { behaviours } = Metadata[edgePlanName];
  expect(behaviours.map(({ path, origin }: { path: string; origin: { kind: string } }) => [path, origin.kind])).toEqual(
    [
      [uploadPath, 'balancer'],
      [pagePath, 'balancer'],
      ['/static-files/*', 'api'],
      ['*', 'api'],
    ],
  );
  const [uploads, files] = behaviours;
  expect(uploads.origin.headers).toEqual({ 'x-caller-id': 'nobody', 'x-caller-role': 'nobody' });
  expect(uploads.methods).toEqual(expect.arrayContaining(['PUT', 'DELETE']));
  expect(files.methods).toEqual(['GET', 'HEAD']);
});
