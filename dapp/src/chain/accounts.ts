// SPDX-License-Identifier: Apache-2.0
// Who signs: accounts of wallets, and on local networks those that everybody knows.

import { computed, signal } from '@preact/signals';
import type { AddressOrPair, SignerOptions } from '@polkadot/api/types';
import { fail } from '../problem';
import { chains } from './connect';

export interface Account {
	address: string;
	name: string;
	/** Where its key is: a wallet's name, or the seed path of a test account. */
	source: { wallet: string } | { dev: string };
}

const DEV = ['Alice', 'Bob', 'Charlie', 'Dave', 'Eve', 'Ferdie'] as const;
const CHOSEN = 'terrace.account';

export const wallet = signal<Account[]>([]);
export const walletState = signal<'unasked' | 'asking' | 'none' | 'ready'>('unasked');
const dev = signal<Account[]>([]);
const chosen = signal<string | null>(localStorage.getItem(CHOSEN));

/** Test accounts sign without asking, so they exist on local networks only. */
export const devAllowed = computed(() => {
	const states = [chains.Main.value, chains.Contract.value];
	const ready = states.filter((chain) => chain.status === 'ready');
	return ready.length > 0 && ready.every((chain) => chain.local);
});

export const accounts = computed(() => [...wallet.value, ...(devAllowed.value ? dev.value : [])]);

export const account = computed<Account | undefined>(() => {
	return accounts.value.find((account) => account.address === chosen.value);
});

export function choose(address: string | null): void {
	chosen.value = address;
	if (address) localStorage.setItem(CHOSEN, address);
	else localStorage.removeItem(CHOSEN);
}

async function pairOf(path: string) {
	const { Keyring } = await import('@polkadot/api');
	const { cryptoWaitReady } = await import('@polkadot/util-crypto');
	await cryptoWaitReady();
	return new Keyring({ type: 'sr25519', ss58Format: 42 }).addFromUri(path);
}

/** Derives the test accounts. */
export async function loadDev(): Promise<void> {
	if (dev.value.length > 0) return;
	const list = await Promise.all(
		DEV.map(async (name) => {
			const pair = await pairOf(`//${name}`);
			return { address: pair.address, name, source: { dev: `//${name}` } };
		}),
	);
	dev.value = list;
}

/** Asks the browser's wallets for their accounts. */
export async function askWallets(): Promise<void> {
	walletState.value = 'asking';
	const { web3Accounts, web3Enable } = await import('@polkadot/extension-dapp');
	const found = await web3Enable('Terrace');
	if (found.length === 0) {
		walletState.value = 'none';
		return;
	}
	const list = await web3Accounts({ ss58Format: 42 });
	wallet.value = list.map(({ address, meta }) => ({
		address,
		name: meta.name ?? 'unnamed',
		source: { wallet: meta.source },
	}));
	walletState.value = 'ready';
}

export interface Signing {
	who: AddressOrPair;
	options: Partial<SignerOptions>;
}

/** What signs for an account. */
export async function signerFor(account: Account): Promise<Signing> {
	if ('dev' in account.source) {
		if (!devAllowed.value) {
			throw fail(
				'wrong-network',
				'Test accounts work on local networks only',
				'Connect a wallet.',
				'Everybody knows their keys.',
			);
		}
		return { who: await pairOf(account.source.dev), options: {} };
	}
	const { web3FromSource } = await import('@polkadot/extension-dapp');
	const injected = await web3FromSource(account.source.wallet);
	return {
		who: account.address,
		options: { signer: injected.signer as NonNullable<SignerOptions['signer']> },
	};
}

/** The chosen account, or an error that says to choose one. */
export function needAccount(): Account {
	const current = account.value;
	if (!current) {
		throw fail('no-account', 'No account is chosen', 'Choose one at the top of the page.');
	}
	return current;
}
