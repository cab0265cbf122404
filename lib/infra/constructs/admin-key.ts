import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { CfnSecret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { acknowledge } from '../acknowledge.ts';

const punctuation = '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~';

/** The first key of an installation: its holder makes the others. Made of 48 letters and digits by Secrets Manager. */
export class AdminKey extends Construct {
  readonly secretArn: string;
  readonly #key: IKey;

  constructor(scope: Construct, id: string, { key }: { readonly key: IKey }) {
    super(scope, id);
    this.#key = key;
    // Not the CDK's Secret: its grants write the reader into the key's policy, and the two stacks into a circle.
    const secret = new CfnSecret(this, 'Secret', {
      description: 'API key of the administrator',
      kmsKeyId: key.keyArn,
      // The characters too: the emulator does not know excludePunctuation.
      generateSecretString: { passwordLength: 48, excludePunctuation: true, excludeCharacters: punctuation },
    });
    // The same as Ref on AWS; in the emulator Ref is the name.
    this.secretArn = secret.attrId;
    acknowledge(
      this,
      'AwsSolutions-SMG4',
      'Clients hold this key: changing it behind their backs would lock them out. Another key is made, this one revoked.',
    );
  }

  /** Lets `grantee` read the key. */
  grantRead(grantee: IGrantable): Grant {
    this.#key.grantDecrypt(grantee);
    return Grant.addToPrincipal({
      grantee,
      actions: ['secretsmanager:GetSecretValue'],
      resourceArns: [this.secretArn],
    });
  }
}
