// SPDX-License-Identifier: Apache-2.0
// Signs and sends a transaction, and tells what became of it.

import type { ApiPromise } from '@polkadot/api';
import type { SubmittableExtrinsic } from '@polkadot/api/types';
import type { DispatchError, EventRecord } from '@polkadot/types/interfaces';
import type { ISubmittableResult } from '@polkadot/types/types';
import { dispatchProblem, fail, Failure, problemOf } from '../problem';
import { signerFor, type Account } from './accounts';

export type Step = 'signing' | 'sent' | 'included' | 'final';

export type Tx = SubmittableExtrinsic<'promise'>;

export interface Outcome {
	block: string;
	hash: string;
	events: EventRecord[];
}

/** How far a transaction is followed. */
export type Until = 'included' | 'final';

/** A pallet's call; fails in words if this runtime has none of this name. */
export function call(api: ApiPromise, pallet: string, name: string, ...args: unknown[]): Tx {
	const make = api.tx[pallet]?.[name];
	if (!make) {
		const title = 'This chain cannot do that';
		throw fail('wrong-network', title, undefined, `Its runtime has no call ${pallet}.${name}.`);
	}
	return make(...args);
}

export async function submit(
	api: ApiPromise,
	tx: Tx,
	account: Account,
	tell: (step: Step) => void,
	until: Until = 'included',
): Promise<Outcome> {
	tell('signing');
	const { who, options } = await signerFor(account);
	return new Promise<Outcome>((resolve, reject) => {
		let stop: (() => void) | undefined;
		const end = (finish: () => void): void => {
			stop?.();
			stop = undefined;
			finish();
		};
		const lost = (): void => end(() => reject(fail(
			'node-down',
			'The connection broke while the transaction was on its way',
			'Look at My contracts before you try again: it may have arrived.',
		)));
		api.once('disconnected', lost);
		const look = (result: ISubmittableResult): void => {
			if (result.status.isReady || result.status.isBroadcast) tell('sent');
			if (result.isError) {
				end(() => reject(dropped(result)));
				return;
			}
			const included = result.status.isInBlock;
			const final = result.status.isFinalized;
			if (!included && !final) return;
			tell(final ? 'final' : 'included');
			if (result.dispatchError) {
				const error = result.dispatchError;
				end(() => reject(new Failure(read(api, error))));
				return;
			}
			if (until === 'final' && !final) return;
			const block = (final ? result.status.asFinalized : result.status.asInBlock).toHex();
			api.off('disconnected', lost);
			end(() => resolve({ block, hash: tx.hash.toHex(), events: result.events }));
		};
		tx.signAndSend(who, { nonce: -1, ...options }, look).then(
			(unsubscribe) => {
				stop = unsubscribe;
			},
			(error: unknown) => {
				api.off('disconnected', lost);
				reject(new Failure(problemOf(error)));
			},
		);
	});
}

function dropped(result: ISubmittableResult): Failure {
	return fail(
		'refused',
		'The transaction was dropped',
		'Try again.',
		`The node says: ${result.status.type.toLowerCase()}.`,
	);
}

function read(api: ApiPromise, error: DispatchError): ReturnType<typeof dispatchProblem> {
	if (error.isModule) {
		const meta = api.registry.findMetaError(error.asModule);
		const docs = meta.docs.join(' ').trim();
		return dispatchProblem(meta.section, meta.name, docs);
	}
	if (error.isToken) return dispatchProblem('TokenError', error.asToken.type, '');
	return dispatchProblem('system', error.type, '');
}

/** The first event of a kind, as JSON of its fields by name. */
export function event(outcome: Outcome, section: string, method: string): Record<string, unknown> | undefined {
	const found = outcome.events.find(
		({ event }) => event.section === section && event.method === method,
	);
	return found && fieldsOf(found.event);
}

/** An event's fields by name. */
export function fieldsOf(event: EventRecord['event']): Record<string, unknown> {
	const names = event.data.names ?? [];
	const values = event.data.toJSON() as unknown[];
	return Object.fromEntries(values.map((value, index) => [names[index] ?? index, value]));
}
