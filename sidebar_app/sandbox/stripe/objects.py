"""Complete objects in the shape of API version 2026-10-28.endive: every field present, most of them null."""

from typing import Any

from sidebar_app.sandbox.kit import Json

NULLABLE = {
    "customer": (
        "address balance currency default_source delinquent description discount email invoice_prefix "
        "invoice_settings metadata name next_invoice_sequence phone preferred_locales shipping tax_exempt"
    ),
    "product": (
        "description package_dimensions shippable statement_descriptor tax_code tax_details unit_label url"
    ),
    "price": (
        "custom_unit_amount lookup_key nickname recurring tax_behavior tiers_mode transform_quantity "
        "unit_amount unit_amount_decimal"
    ),
    "plan": (
        "amount amount_decimal metadata meter nickname product tiers_mode transform_usage trial_period_days"
    ),
    "subscription": (
        "application application_fee_percent billing_cycle_anchor_config billing_thresholds cancel_at "
        "canceled_at cancellation_details customer_account days_until_due default_payment_method "
        "default_source default_tax_rates description ended_at latest_invoice managed_payments "
        "next_pending_invoice_item_invoice on_behalf_of pause_collection payment_settings "
        "pending_invoice_item_interval pending_setup_intent pending_update presentment_details schedule "
        "status_details test_clock transfer_data trial_end trial_settings trial_start"
    ),
    "subscription_item": "billing_thresholds quantity tax_rates",
    "invoice": (
        "account_country account_name account_tax_ids amount_paid_off_stripe application auto_advance "
        "automatically_finalizes_at billing_reason customer customer_account customer_address "
        "customer_email customer_name customer_phone customer_shipping customer_tax_exempt "
        "customer_tax_ids default_payment_method default_source description due_date effective_at "
        "ending_balance footer from_invoice hosted_invoice_url invoice_pdf last_finalization_error "
        "latest_revision metadata next_payment_attempt number on_behalf_of parent receipt_number "
        "statement_descriptor status status_details subtotal_excluding_tax total_discount_amounts "
        "total_excluding_tax total_pretax_credit_amounts total_taxes webhooks_delivered_at"
    ),
    "line_item": (
        "description discount_amounts invoice parent pretax_credit_amounts pricing quantity "
        "quantity_decimal subscription taxes"
    ),
    "charge": (
        "application application_fee application_fee_amount balance_transaction "
        "calculated_statement_descriptor customer description failure_balance_transaction failure_code "
        "failure_message fraud_details on_behalf_of outcome payment_intent payment_method "
        "payment_method_details receipt_email receipt_number receipt_url review shipping source_transfer "
        "statement_descriptor statement_descriptor_suffix transfer_data transfer_group"
    ),
    "payment_intent": (
        "amount_details application application_fee_amount automatic_payment_methods canceled_at "
        "cancellation_reason client_secret customer customer_account description "
        "excluded_payment_method_types hooks last_payment_error latest_charge next_action on_behalf_of "
        "payment_details payment_method payment_method_configuration_details payment_method_options "
        "presentment_details processing receipt_email review setup_future_usage shipping source "
        "statement_descriptor statement_descriptor_suffix transfer_data transfer_group"
    ),
    "payment_method": "allow_redisplay customer customer_account metadata",
    "refund": (
        "balance_transaction charge customer description destination_details failure_balance_transaction "
        "failure_reason instructions_email metadata next_action payment_intent payment_method "
        "pending_reason presentment_details reason receipt_number source_transfer_reversal status "
        "transfer_reversal"
    ),
    "customer_balance_transaction": (
        "checkout_session credit_note customer_account description invoice metadata"
    ),
    "dispute": "intended_submission_method network_reason_code payment_intent payment_method_details",
    "invoice_payment": "amount_paid",
    "credit_note": (
        "customer_account customer_balance_transaction effective_at memo metadata out_of_band_amount "
        "reason shipping_cost subtotal_excluding_tax total_excluding_tax total_taxes voided_at"
    ),
    "checkout.session": (
        "adaptive_pricing after_expiration allow_promotion_codes allowed_payment_method_types "
        "amount_subtotal amount_total billing_address_collection cancel_url client_reference_id "
        "client_secret consent consent_collection currency customer customer_account customer_creation "
        "customer_details customer_email discounts excluded_payment_method_types invoice "
        "invoice_creation locale metadata payment_intent payment_link payment_method_collection "
        "payment_method_options phone_number_collection recovered_from redirect_on_completion return_url "
        "setup_intent shipping_address_collection shipping_cost status submit_type subscription "
        "success_url total_details ui_mode url"
    ),
    "billing_portal.session": "customer_account flow locale on_behalf_of return_url",
    "coupon": ("amount_off currency duration_in_months max_redemptions metadata name percent_off redeem_by"),
    "discount": (
        "checkout_session customer customer_account end invoice invoice_item promotion_code subscription "
        "subscription_item"
    ),
}
# Kinds whose objects carry no `livemode`.
_NO_LIVEMODE = {"refund", "subscription_item", "discount"}


def stripe_object(kind: str, id: str, **fields: Any) -> Json:
    """An object of that kind with all nullable fields null unless given."""
    base: Json = {"id": id, "object": kind}
    base |= dict.fromkeys(NULLABLE[kind].split())
    if kind not in _NO_LIVEMODE:
        base["livemode"] = False
    return base | fields


def customer(id: str, *, created: int, name: str, email: str | None, **more: Any) -> Json:
    fields: Json = {
        "created": created,
        "name": name,
        "email": email,
        "balance": 0,
        "delinquent": False,
        "invoice_settings": {
            "custom_fields": None,
            "default_payment_method": None,
            "footer": None,
            "rendering_options": None,
        },
        "metadata": {},
        "next_invoice_sequence": 1,
        "preferred_locales": [],
        "tax_exempt": "none",
    }
    return stripe_object("customer", id, **(fields | more))


def product(id: str, *, created: int, name: str, **more: Any) -> Json:
    fields: Json = {
        "active": True,
        "created": created,
        "updated": created,
        "name": name,
        "images": [],
        "marketing_features": [],
        "metadata": {},
        "type": "service",
    }
    return stripe_object("product", id, **(fields | more))


def price(
    id: str,
    *,
    product: str,
    created: int,
    currency: str,
    unit_amount: int,
    interval: str | None = None,
    **more: Any,
) -> Json:
    """`interval` None makes a one-time price."""
    recurring = interval and {
        "interval": interval,
        "interval_count": 1,
        "meter": None,
        "trial_period_days": None,
        "usage_type": "licensed",
    }
    fields: Json = {
        "active": True,
        "billing_scheme": "per_unit",
        "created": created,
        "currency": currency,
        "metadata": {},
        "product": product,
        "recurring": recurring,
        "tax_behavior": "unspecified",
        "type": "recurring" if interval else "one_time",
        "unit_amount": unit_amount,
        "unit_amount_decimal": str(unit_amount),
    }
    return stripe_object("price", id, **(fields | more))


def plan_of(price: Json) -> Json:
    """The legacy plan that Stripe still shows beside a recurring price."""
    recurring = price["recurring"]
    return stripe_object(
        "plan",
        price["id"],
        active=price["active"],
        amount=price["unit_amount"],
        amount_decimal=price["unit_amount_decimal"],
        billing_scheme="per_unit",
        created=price["created"],
        currency=price["currency"],
        interval=recurring["interval"],
        interval_count=recurring["interval_count"],
        metadata=price["metadata"],
        nickname=price["nickname"],
        product=price["product"],
        usage_type="licensed",
    )


def payment_method(id: str, *, customer: str, created: int, kind: str, details: Json, **more: Any) -> Json:
    """`details` go under the name of the kind: card, us_bank_account …"""
    billing = {"address": _NO_ADDRESS, "email": None, "name": None, "phone": None, "tax_id": None}
    fields: Json = {
        "billing_details": billing,
        "created": created,
        "customer": customer,
        "metadata": {},
        "type": kind,
        "allow_redisplay": "unspecified",
        kind: details,
    }
    return stripe_object("payment_method", id, **(fields | more))


_NO_ADDRESS = dict.fromkeys(("city", "country", "line1", "line2", "postal_code", "state"))


def card(brand: str, last4: str, *, exp_month: int, exp_year: int, fingerprint: str) -> Json:
    return {
        "brand": brand,
        "checks": {
            "address_line1_check": None,
            "address_postal_code_check": None,
            "cvc_check": "pass",
        },
        "country": "US",
        "display_brand": brand,
        "exp_month": exp_month,
        "exp_year": exp_year,
        "fingerprint": fingerprint,
        "funding": "credit",
        "generated_from": None,
        "last4": last4,
        "networks": {"available": [brand], "preferred": None},
        "regulated_status": "unregulated",
        "three_d_secure_usage": {"supported": True},
        "wallet": None,
    }


def bank_account(last4: str, *, fingerprint: str) -> Json:
    return {
        "account_holder_type": "company",
        "account_type": "checking",
        "bank_name": "TEST BANK",
        "financial_connections_account": None,
        "fingerprint": fingerprint,
        "last4": last4,
        "networks": {"preferred": "ach", "supported": ["ach"]},
        "routing_number": "110000000",
        "status_details": None,
    }


def refund(id: str, *, charge: Json, amount: int, created: int, **more: Any) -> Json:
    """A refund of a charge: cards succeed at once, banks stay pending."""
    method = (charge["payment_method_details"] or {}).get("type")
    fields: Json = {
        "amount": amount,
        "balance_transaction": f"txn_{id[3:]}",
        "charge": charge["id"],
        "created": created,
        "currency": charge["currency"],
        "metadata": {},
        "payment_intent": charge["payment_intent"],
        "status": "succeeded" if method == "card" else "pending",
    }
    if method == "card":
        fields["destination_details"] = {
            "card": {
                "reference_status": "pending",
                "reference_type": "acquirer_reference_number",
                "type": "refund",
            },
            "type": "card",
        }
    else:
        fields["pending_reason"] = "processing"
    return stripe_object("refund", id, **(fields | more))


def balance_transaction(id: str, *, customer: Json, amount: int, created: int, **more: Any) -> Json:
    """A movement of the customer's balance; a negative amount is a credit."""
    fields: Json = {
        "amount": amount,
        "created": created,
        "currency": customer["currency"],
        "customer": customer["id"],
        "ending_balance": customer["balance"],
        "metadata": {},
        "type": "adjustment",
    }
    return stripe_object("customer_balance_transaction", id, **(fields | more))


def dispute(id: str, *, charge: Json, created: int, reason: str, due_by: int) -> Json:
    eligibility: Json = {}
    return stripe_object(
        "dispute",
        id,
        amount=charge["amount"],
        balance_transactions=[],
        charge=charge["id"],
        created=created,
        currency=charge["currency"],
        enhanced_eligibility_types=[],
        evidence={"enhanced_evidence": {}},
        evidence_details={
            "due_by": due_by,
            "enhanced_eligibility": eligibility,
            "has_evidence": False,
            "past_due": False,
            "submission_count": 0,
            "submission_method": "not_submitted",
        },
        is_charge_refundable=False,
        metadata={},
        payment_intent=charge["payment_intent"],
        reason=reason,
        status="needs_response",
    )
