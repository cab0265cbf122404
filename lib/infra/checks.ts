import type { CfnResource } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { acknowledgeFindings } from './acknowledge.ts';

/** cdk-nag's rules of AWS Solutions, with the wildcards that constructs gave a reason for. */
export class PlatformChecks extends AwsSolutionsChecks {
  protected override checkResource(node: CfnResource): void {
    acknowledgeFindings(node);
    super.checkResource(node);
  }
}
