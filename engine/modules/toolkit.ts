/**
 * What the shipped modules stand on, for modules of one's own: arguments, ways to write files,
 * certificates that the controller signs. Exported as `toolkit`.
 */
export { ownedWithin } from './shared/account-references.ts';
export { absolutePath, contentValue, secretValue, textValue } from './shared/argument.ts';
export { attributeArgs, setAttributes } from './shared/attributes.ts';
export { modeSchema } from './shared/mode.ts';
export {
  attributesOff,
  fileReads,
  putTogether,
  textNow,
  type FileNow,
} from './shared/put-together.ts';
export { writeFile, type FileWrite } from './shared/write-file.ts';
export { unitJournal } from './shared/unit-journal.ts';
export type { Found as FoundCertificate, Reason as RenewalReason } from '../pki/inspect.ts';
export { randomWord } from '../pki/random.ts';
export { reveal } from '../secrets/secret.ts';
export * as certificateOrder from './certificates/certificate/order.ts';
