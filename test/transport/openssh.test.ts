import { sshContract } from './ssh-contract.ts';

sshContract('openssh');
