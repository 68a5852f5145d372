import { play, playbook } from 'tsplay';
import { docker } from '../roles/docker/index.ts';
export default playbook([play({ name: 'base', hosts: 'all', roles: [docker] })]);
