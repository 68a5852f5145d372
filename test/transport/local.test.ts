import { transportContract } from './contract.ts';

transportContract({ name: 'local', connection: () => ({ transport: 'local', host: 'localhost' }) });
