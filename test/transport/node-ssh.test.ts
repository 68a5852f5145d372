import { sshContract } from './ssh-contract.ts';

sshContract('node-ssh');
