// The drawings, each loaded when the first of its kind is shown: the library behind them is large.

import { lazy } from "react";

export const LinesPlot = lazy(() => import("./plots/LinesPlot"));
export const BarsPlot = lazy(() => import("./plots/BarsPlot"));
export const HistogramPlot = lazy(() => import("./plots/HistogramPlot"));
export const ReliabilityPlot = lazy(() => import("./plots/ReliabilityPlot"));
export const IntervalsPlot = lazy(() => import("./plots/IntervalsPlot"));
