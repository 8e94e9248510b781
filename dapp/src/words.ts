// SPDX-License-Identifier: Apache-2.0
// What the chain says of contracts, in sentences.

import type { Variant } from './chain/views';
import { count, formatAmount, formatBytes, formatTime, type Num } from './format';

type Fields = Record<string, unknown>;
type Sentence = (fields: Fields) => string;

const money = (value: unknown): string => formatAmount(value as Num);
const bytes = (value: unknown): string => formatBytes(value as Num);
const number = (value: unknown): string => Number(value).toLocaleString('en');
const windows = (value: unknown): string => count(Number(value), 'window');

const OBSTACLES: Record<string, Sentence> = {
	unknownContract: () => 'There is no such contract; it may be closed.',
	notProposed: () => 'The contract is no proposal any more.',
	notActive: () => 'The contract is still a proposal.',
	unknownProvider: () => 'This account is no provider.',
	notAccepting: () => 'The provider takes no new contracts.',
	sizeInvalid: (f) => `The file is empty or larger than ${bytes(f['most'])}.`,
	windowsOutOfRange: (f) =>
		`The provider offers ${number(f['least'])} to ${windows(f['most'])} of one contract.`,
	intervalInvalid: (f) => `A check every 1 to ${windows(f['most'])} is possible.`,
	rateAboveMax: (f) =>
		`A window costs ${money(f['rate'])}, more than the allowed ${money(f['max'])}.`,
	capacityShort: (f) =>
		`The provider has ${bytes(f['free'])} left, and ${bytes(f['needed'])} are needed.`,
	collateralShort: (f) =>
		`The provider has ${money(f['free'])} of free collateral; ${money(f['needed'])} are needed.`,
	fundsShort: (f) =>
		`Not enough balance: the account can spend ${money(f['free'])}, and ${money(f['needed'])} are needed.`,
	unknownProofChain: () => 'This is no proof chain of this contract chain.',
	proofChainInactive: () => 'The proof chain takes no messages at present.',
	proofChainStalled: (f) => `The proof chain is flagged as stalled since block ${number(f['since'])}.`,
	proofChainFull: (f) =>
		`The proof chain has room for ${bytes(f['free'])} of proofs; ${bytes(f['needed'])} are needed.`,
	tooManyProposals: (f) => `You have ${number(f['most'])} unanswered proposals, the most allowed.`,
	providerBusy: (f) => `The provider has ${number(f['most'])} unanswered proposals, the most allowed.`,
	lapsed: (f) => `The proposal was not accepted by block ${number(f['expiredAt'])}.`,
	streamUnavailable: () => "The provider's stream on this proof chain has no room, or is dead.",
	notEnded: (f) =>
		`Windows below ${number(f['reported'])} are reported; it ends before window ${number(f['end'])}.`,
	advanceFirst: (f) =>
		`Its stream is counted up to window ${number(f['counted'])}; it waits for the rest.`,
	faultYoung: (f) => `A fault can be appealed against until block ${number(f['until'])}.`,
	auditOpen: (f) => `An audit waits for its answer until block ${number(f['deadline'])}.`,
	nothingToClaim: () => 'Nothing was earned since the last claim.',
};

const NOTES: Record<string, Sentence> = {
	awaitsAcceptance: (f) => `Waits for the provider's answer until block ${number(f['until'])}.`,
	lapsed: () => 'The proposal lapsed: anybody may expire it, which releases the money.',
	awaitsStart: (f) =>
		`The proof chain does not know it yet; its first window is ${number(f['planned'])} or later.`,
	runs: (f) =>
		`Proven and paid window by window: settled up to window ${number(f['settled'])}` +
		(Number(f['open']) > 0 ? `, ${windows(f['open'])} over and not yet reported` : '') +
		`. It ends about ${formatTime(Number(f['endsAt']))}.`,
	reportsLate: (f) =>
		`The proof chain's reports are late since ${formatTime(Number(f['last']))}; nobody pays meanwhile.`,
	stalled: (f) =>
		`Its proof chain has stalled: both parties may leave or move from ${formatTime(Number(f['exitFrom']))} on.`,
	faulted: (f) =>
		`${windows(f['windows'])} not proven: ${money(f['refund'])} come back to the client.`,
	appealable: (f) => `The newest fault can be appealed against until block ${number(f['until'])}.`,
	mayBeEnded: () => 'The provider failed too often: anybody may end it.',
	audited: (f) => `An audit waits for its answer until block ${number(f['deadline'])}.`,
	mayBeClosed: (f) =>
		`All its windows are settled: anybody may close it. ${money(f['refund'])} come back to the client.`,
	closesLater: (f) => `It is over, but cannot be closed yet. ${obstacle(f['because'] as Variant)}`,
};

/** Name and fields of a variant. */
export function variant(value: Variant | string): [string, Fields] {
	if (typeof value === 'string') return [value.charAt(0).toLowerCase() + value.slice(1), {}];
	const [name = '', fields] = Object.entries(value)[0] ?? [];
	return [name, fields ?? {}];
}

function sentence(known: Record<string, Sentence>, value: Variant | string): string {
	const [name, fields] = variant(value);
	// A newer runtime may say what this page has no words for: its own name is better than nothing.
	return known[name]?.(fields) ?? name.replace(/([A-Z])/g, ' $1').toLowerCase();
}

/** What keeps somebody from doing something. */
export function obstacle(value: Variant | string): string {
	return sentence(OBSTACLES, value);
}

/** What happens to a contract next. */
export function note(value: Variant | string): string {
	return sentence(NOTES, value);
}

export function noteName(value: Variant | string): string {
	return variant(value)[0];
}
