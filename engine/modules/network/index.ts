/** What is reached over the network, and what the firewall lets through. */
export { http } from './http.ts';
export { iptables } from './iptables.ts';
export { nftables } from './nftables.ts';
export { waitFor } from './wait-for.ts';
