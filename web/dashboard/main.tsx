import { createRoot } from "react-dom/client";
import { App } from "./App";
import "./mantine.css";
import "./global.css";
import { watchLeaving } from "./shell/LeaveGuard";

watchLeaving();
const root = document.getElementById("app");
if (root) createRoot(root).render(<App />);
