// SPDX-License-Identifier: Apache-2.0
// Who signs, and how much they have.

import { useRef } from 'preact/hooks';
import { account, accounts, askWallets, choose, devAllowed, walletState } from '../chain/accounts';
import { apiOf, chains } from '../chain/connect';
import { big, formatAmount, short, type Num } from '../format';
import { useLoaded } from './parts';

interface System {
	data: { free: Num; reserved: Num; frozen: Num };
}

/** What an account holds on a layer, and what of it is free. */
export async function balanceOf(layer: 'Main' | 'Contract', who: string): Promise<{ free: bigint; held: bigint }> {
	const api = await apiOf(layer);
	const found = (await api.query['system']?.['account']?.(who))?.toJSON() as System | undefined;
	return { free: big(found?.data.free), held: big(found?.data.reserved) };
}

export function useBalance(layer: 'Main' | 'Contract', who: string | undefined) {
	const ready = chains[layer].value.status === 'ready';
	return useLoaded(async () => {
		if (!who || !ready) return undefined;
		return balanceOf(layer, who);
	}, [layer, who, ready], 6_000);
}

export function AccountMenu() {
	const dialog = useRef<HTMLDialogElement>(null);
	const mine = account.value;
	const above = useBalance('Main', mine?.address).data;
	const money = useBalance('Contract', mine?.address).data;
	const pick = (address: string): void => {
		choose(address);
		dialog.current?.close();
	};
	return (
		<>
			<button type="button" class="account" onClick={() => dialog.current?.showModal()}>
				{mine ? (
					<>
						<b>{mine.name}</b>
						{money && <span class="wide">{formatAmount(money.free, 2)}</span>}
					</>
				) : 'Choose account'}
			</button>
			<dialog ref={dialog} aria-labelledby="account-title">
				<h2 id="account-title">Account</h2>
				{mine && (
					<p>
						<b>{mine.name}</b>: {money ? formatAmount(money.free) : '…'} on the contract chain
						{money && money.held > 0n && `, ${formatAmount(money.held)} on hold`};
						{' '}{above ? formatAmount(above.free) : '…'} on the main chain.
					</p>
				)}
				<ul class="accounts">
					{accounts.value.map(({ address, name, source }) => (
						<li key={address}>
							<button type="button" aria-pressed={mine?.address === address} onClick={() => pick(address)}>
								<b>{name}</b>
								<small>{short(address, 8)} · {'dev' in source ? 'test account' : source.wallet}</small>
							</button>
						</li>
					))}
				</ul>
				{walletState.value === 'none' && (
					<p role="status">
						No wallet answered. Install one that speaks polkadot.js, or allow this page in it, and
						reload.
					</p>
				)}
				{!devAllowed.value && accounts.value.length === 0 && walletState.value !== 'none' && (
					<p>Your wallet keeps your keys; this page only asks it to sign.</p>
				)}
				<div class="actions">
					<button type="button" disabled={walletState.value === 'asking'}
						onClick={() => void askWallets().catch(() => { walletState.value = 'none'; })}>
						{walletState.value === 'asking' ? 'Asking your wallet…' : 'Connect a wallet'}
					</button>
					<button type="button" class="quiet" onClick={() => dialog.current?.close()}>Close</button>
				</div>
			</dialog>
		</>
	);
}
