// The console only follows the helpdesk's colours and size.

import { connect } from "./host.js";

connect();
