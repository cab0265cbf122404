import { RemovalPolicy } from 'aws-cdk-lib';
import { AttributeType, BillingMode, Table, TableEncryption } from 'aws-cdk-lib/aws-dynamodb';
import { AnyPrincipal, Effect, Grant, type IGrantable, PolicyDocument, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';

export interface PlatformTableProps {
  readonly key: IKey;
  readonly retain: boolean;
  /** Items hang together under a partition key and have an sk. @default true */
  readonly sorted?: boolean;
  /** Attribute with the second after which an item goes. @default - items stay */
  readonly expiresBy?: string;
  /**
   * Partition keys that begin so hold records for ever. Nobody may delete one, update it in place or write it in a batch.
   * What IAM cannot forbid is PutItem over one: the platform's own code puts under the condition that none is there, and
   * a grantee that leaves the condition out writes over a record. The hash chain shows that, and a head that was noted
   * elsewhere shows a chain that was made anew as a whole. @default - every item may be changed
   */
  readonly recordsBelow?: string;
}

// Never Scan: a table that is read whole is a table that is modelled wrong.
const readActions = ['dynamodb:GetItem', 'dynamodb:BatchGetItem', 'dynamodb:Query'];
const putActions = [...readActions, 'dynamodb:PutItem', 'dynamodb:ConditionCheckItem'];
const changeActions = ['dynamodb:UpdateItem', 'dynamodb:BatchWriteItem'];
const writeActions = [...putActions, ...changeActions];

/**
 * Binds whoever comes, administrators too, until somebody takes the policy away, which CloudTrail tells. It keeps records
 * from being deleted or updated; PutItem stays allowed, since records are written with it.
 */
const keepRecords = (prefix: string): PolicyDocument =>
  new PolicyDocument({
    statements: [
      new PolicyStatement({
        sid: 'RecordsStay',
        effect: Effect.DENY,
        principals: [new AnyPrincipal()],
        actions: [
          ...changeActions,
          'dynamodb:DeleteItem',
          'dynamodb:PartiQLDelete',
          'dynamodb:PartiQLInsert',
          'dynamodb:PartiQLUpdate',
        ],
        // The policy belongs to the table, so this is the table.
        resources: ['*'],
        conditions: { 'ForAnyValue:StringLike': { 'dynamodb:LeadingKeys': [`${prefix}*`] } },
      }),
    ],
  });

/** A capability's table: on demand, encrypted with the platform's key, restorable to any second of 35 days. */
export class PlatformTable extends Construct {
  readonly tableName: string;
  readonly #table: Table;
  readonly #key: IKey;
  readonly #writeActions: readonly string[];

  constructor(scope: Construct, id: string, props: PlatformTableProps) {
    super(scope, id);
    this.#key = props.key;
    this.#writeActions = props.recordsBelow === undefined ? writeActions : putActions;
    this.#table = new Table(this, 'Table', {
      partitionKey: { name: 'pk', type: AttributeType.STRING },
      ...(props.sorted !== false && { sortKey: { name: 'sk', type: AttributeType.STRING } }),
      ...(props.expiresBy && { timeToLiveAttribute: props.expiresBy }),
      ...(props.recordsBelow !== undefined && { resourcePolicy: keepRecords(props.recordsBelow) }),
      billingMode: BillingMode.PAY_PER_REQUEST,
      encryption: TableEncryption.CUSTOMER_MANAGED,
      encryptionKey: props.key,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtection: props.retain,
      removalPolicy: props.retain ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
    });
    this.tableName = this.#table.tableName;
  }

  /** Lets `grantee` read items by key, or read and write them. */
  grant(level: 'read' | 'write', grantee: IGrantable): Grant {
    const actions = [...(level === 'read' ? readActions : this.#writeActions)];
    this.#key.grantDecrypt(grantee);
    return Grant.addToPrincipal({ grantee, actions, resourceArns: [this.#table.tableArn] });
  }
}
