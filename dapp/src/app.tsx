// SPDX-License-Identifier: Apache-2.0
// The frame around all pages.

import { signal } from '@preact/signals';
import type { ComponentType } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { loadDev, devAllowed } from './chain/accounts';
import { connectAll } from './chain/connect';
import { watchLanes } from './chain/lanes';
import { watchHistory } from './chain/history';
import { AccountMenu } from './ui/account';
import { NetworkMenu } from './ui/network';
import { nextTheme, theme } from './ui/theme';
import { NetworkTrouble } from './ui/network';
import { Chains } from './pages/chains';
import { Contracts } from './pages/contracts';
import { Governance } from './pages/governance';
import { Overview } from './pages/overview';
import { Providers } from './pages/providers';
import { Store } from './pages/store';

const PAGES: Record<string, { title: string; Page: ComponentType }> = {
	overview: { title: 'Overview', Page: Overview },
	store: { title: 'Store', Page: Store },
	contracts: { title: 'My contracts', Page: Contracts },
	providers: { title: 'Providers', Page: Providers },
	chains: { title: 'Chains', Page: Chains },
	governance: { title: 'Governance', Page: Governance },
};

function current(): string {
	const name = location.hash.replace(/^#\/?/, '').split('/')[0] ?? '';
	return name in PAGES ? name : 'overview';
}

const page = signal(current());

export function App() {
	const main = useRef<HTMLElement>(null);
	useEffect(() => {
		connectAll();
		const stops = [watchLanes(), watchHistory()];
		const turn = (): void => {
			page.value = current();
			window.scrollTo(0, 0);
			// Whoever listens to the page hears that another one is shown.
			main.current?.focus();
		};
		addEventListener('hashchange', turn);
		return () => {
			removeEventListener('hashchange', turn);
			for (const stop of stops) stop();
		};
	}, []);
	useEffect(() => {
		if (devAllowed.value) void loadDev();
	}, [devAllowed.value]);
	const { title, Page } = PAGES[page.value] ?? { title: 'Overview', Page: Overview };
	useEffect(() => {
		document.title = `${title} · Terrace`;
	}, [title]);
	return (
		<>
			<a class="skip" href="#main" onClick={(event) => {
				event.preventDefault();
				main.current?.focus();
			}}>Skip to content</a>
			<header class="top">
				<a class="brand" href="#/overview">
					<svg viewBox="0 0 32 32" aria-hidden="true">
						<path class="t3" d="M2 28h28v-6H2z" /><path class="t2" d="M6 20h20v-6H6z" />
						<path class="t1" d="M10 12h12V6H10z" />
					</svg>
					Terrace
				</a>
				<div class="tools">
					<NetworkMenu />
					<button type="button" class="quiet" onClick={nextTheme}
						aria-label={`Colours: ${theme.value}. Change`}>
						<span aria-hidden="true">{theme.value === 'dark' ? '☾' : theme.value === 'light' ? '☀' : '◐'}</span>
					</button>
					<AccountMenu />
				</div>
				<nav aria-label="Pages">
					<ul>
						{Object.entries(PAGES).map(([name, { title }]) => (
							<li key={name}>
								<a href={`#/${name}`} aria-current={page.value === name ? 'page' : undefined}>{title}</a>
							</li>
						))}
					</ul>
				</nav>
			</header>
			<main id="main" tabIndex={-1} ref={main}>
				<h1>{title}</h1>
				<NetworkTrouble />
				<Page />
			</main>
		</>
	);
}
