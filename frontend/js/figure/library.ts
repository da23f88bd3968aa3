// What figures need of Apache ECharts beyond the charts of the Plot page.

import { SankeyChart } from "echarts/charts";
import { use } from "echarts/core";
import { init } from "../chart/library";

use([SankeyChart]);

export { init };
