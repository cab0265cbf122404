import { RemovalPolicy } from 'aws-cdk-lib';
import { AttributeType, BillingMode, Table, TableEncryption } from 'aws-cdk-lib/aws-dynamodb';
import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';

export interface PlatformTableProps {
  readonly key: IKey;
  readonly retain: boolean;
  /** Items hang together under a partition key and have an sk. @default true */
  readonly sorted?: boolean;
  /** Attribute with the second after which an item goes. @default - items stay */
  readonly expiresBy?: string;
}

// Never Scan: a table that is read whole is a table that is modelled wrong.
const readActions = ['dynamodb:GetItem', 'dynamodb:BatchGetItem', 'dynamodb:Query'];
const writeActions = [
  ...readActions,
  'dynamodb:PutItem',
  'dynamodb:UpdateItem',
  'dynamodb:BatchWriteItem',
  'dynamodb:ConditionCheckItem',
];

/** A capability's table: on demand, encrypted with the platform's key, restorable to any second of 35 days. */
export class PlatformTable extends Construct {
  readonly tableName: string;
  readonly #table: Table;
  readonly #key: IKey;

  constructor(scope: Construct, id: string, props: PlatformTableProps) {
    super(scope, id);
    this.#key = props.key;
    this.#table = new Table(this, 'Table', {
      partitionKey: { name: 'pk', type: AttributeType.STRING },
      ...(props.sorted !== false && { sortKey: { name: 'sk', type: AttributeType.STRING } }),
      ...(props.expiresBy && { timeToLiveAttribute: props.expiresBy }),
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
    const actions = level === 'read' ? readActions : writeActions;
    this.#key.grantDecrypt(grantee);
    return Grant.addToPrincipal({ grantee, actions, resourceArns: [this.#table.tableArn] });
  }
}
