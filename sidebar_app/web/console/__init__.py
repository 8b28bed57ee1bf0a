"""The console in the helpdesk's navigation bar: one page, drawn part by part, each for the roles that it is for.

A part is a file with a `PART`; it is named in `board.PARTS` and drawn by `widgets/templates/console/_<name>.html`.
A part in which people act has its routes in a blueprint beside it, named here.
"""

from sidebar_app.web.console import api, compliance, page, staff

blueprints = (page.blueprint, api.blueprint, compliance.blueprint, staff.blueprint)
