// SPDX-License-Identifier: Apache-2.0
// Light, dark, or as the system wishes.

import { effect, signal } from '@preact/signals';

export type Theme = 'system' | 'light' | 'dark';

const KEY = 'terrace.theme';

function kept(): Theme {
	const found = localStorage.getItem(KEY);
	return found === 'light' || found === 'dark' ? found : 'system';
}

export const theme = signal<Theme>(kept());

export function startTheme(): void {
	effect(() => {
		localStorage.setItem(KEY, theme.value);
		document.documentElement.dataset['theme'] = theme.value;
	});
}

export function nextTheme(): void {
	const order: Theme[] = ['system', 'light', 'dark'];
	theme.value = order[(order.indexOf(theme.value) + 1) % order.length] ?? 'system';
}
