// One of a network's threads.
import { serve } from "./iris.js";

serve();
