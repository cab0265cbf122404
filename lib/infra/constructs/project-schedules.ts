import { ArnFormat, Aws, Stack } from 'aws-cdk-lib';
import { Grant, type IGrantable, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnScheduleGroup } from 'aws-cdk-lib/aws-scheduler';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';

export interface ProjectSchedulesProps {
  readonly groupName: string;
  /** State machines that a schedule may start. */
  readonly pipelineArns: readonly string[];
  /** Where a start that failed to the end is kept. */
  readonly undelivered: IQueue;
}

/** Home of the schedules that projects bring: the group they live in and the role that they start pipelines with. */
export class ProjectSchedules extends Construct {
  readonly groupName: string;
  readonly roleArn: string;
  readonly deadLetterArn: string;
  readonly #schedules: string;

  constructor(scope: Construct, id: string, props: ProjectSchedulesProps) {
    super(scope, id);
    this.groupName = props.groupName;
    const group = new CfnScheduleGroup(this, 'Group', { name: props.groupName });
    const role = new Role(this, 'Role', {
      // Only schedules of this account may use the role: a scheduler of somebody else's is no deputy of ours.
      assumedBy: new ServicePrincipal('scheduler.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
      }),
    });
    role.addToPolicy(new PolicyStatement({ actions: ['states:StartExecution'], resources: [...props.pipelineArns] }));
    role.addToPolicy(new PolicyStatement({ actions: ['sqs:SendMessage'], resources: [props.undelivered.queueArn] }));
    this.roleArn = role.roleArn;
    this.deadLetterArn = props.undelivered.queueArn;
    this.#schedules = Stack.of(this).formatArn({
      service: 'scheduler',
      resource: 'schedule',
      resourceName: `${group.name}/*`,
      arnFormat: ArnFormat.SLASH_RESOURCE_NAME,
    });
  }

  /** Lets `grantee` set and remove schedules of this group, which start pipelines and nothing else. */
  grantManage(grantee: IGrantable): Grant {
    grantee.grantPrincipal.addToPrincipalPolicy(
      new PolicyStatement({
        actions: ['iam:PassRole'],
        resources: [this.roleArn],
        conditions: { StringEquals: { 'iam:PassedToService': 'scheduler.amazonaws.com' } },
      }),
    );
    return Grant.addToPrincipal({
      grantee,
      actions: ['scheduler:CreateSchedule', 'scheduler:UpdateSchedule', 'scheduler:DeleteSchedule'],
      resourceArns: [this.#schedules],
    });
  }
}
