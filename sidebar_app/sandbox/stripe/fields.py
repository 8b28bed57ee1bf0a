"""Which fields an object of API version 2026-10-28.endive has besides those that it always fills."""

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
