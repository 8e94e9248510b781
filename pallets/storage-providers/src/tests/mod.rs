// SPDX-License-Identifier: Apache-2.0
//! One file per call, one for what contracts do to providers, one for the answers, and the model.

mod collateral;
mod commit;
mod leave;
mod life;
mod model;
mod register;
mod set_accepting;
mod set_offer;
mod views;
mod weights;

pub(crate) use crate::{mock::*, Error, Event, Providers};
pub(crate) use frame_support::{assert_noop, assert_ok};
pub(crate) use sp_runtime::DispatchError;
pub(crate) use terrace_layers::Offer;

/// Asserts that the newest event is `event`.
pub(crate) fn assert_last(event: Event<Test>) {
	System::assert_last_event(event.into());
}
