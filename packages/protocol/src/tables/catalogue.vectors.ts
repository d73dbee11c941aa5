/** What MEP guide 1.1 prints of table numbers and access: what the catalogue is held against. */

/** `PDF page|identifier|decimal number|hexadecimal number|first line of the title`: every heading, misprints included. */
export const printedHeadings = `
61|ET03|2051|0x0803|Utility Information
62|ET04|2052|0x0804|System Information
73|ET09|2057|0x0809|Power Quality
83|ET11|2059|0x080B|MFG Dimension Table
86|ET13|2061|0x080D|MEP/M-Bus Device
89|ET14|2062|0x080E|MEP/M-Bus Device Status
95|ET15|2063|0x080F|MEP/M-Bus On-demand
98|ET16|2064|0x0810|MEP/M-Bus Device Data
101|ET21|2069|0x0815|Load Profile Internal
104|ET23|2071|0x0817|Miscellaneous Information
105|ET29|2077|0x081D|Hardware Configuration
110|ET31|2079|0x081F|Meter One-time-read Log
112|ET34|2082|0x0822|Additional M-Bus/MEP Device
113|ET36|2084|0x0824|Manufacturer (Extended) Table
116|ET41|2089|0x0829|Historical Demand Reset Log
117|ET42|2090|0x082A|Interface Definition
125|ET45|2093|0x082D|MEP Recurring Read Log
127|ET46|2046|0x07FE|Control Output Read-Only Data
128|ET47|2095|0x082F|Calendar Override Settings
130|ET50|2098|0x0832|MEP Inbound Data Space
133|ET51|2099|0x0833|MEP Device Configuration
136|ET52|2100|0x0834|MEP Transaction Request Table
138|ET53|2101|0x0835|MEP Transaction Response
138|ET54|2102|0x0836|Meter Status
145|ET55|2103|0x0837|Meter Configuration
169|ET57|2105|0x0839|M-Bus Data Type Table
171|ET58|2106|0x083A|M-Bus/MEP Status Extension
171|ET59|2107|0x083B|MEP Procedure Response
172|ET61|2109|0x083D|Time-Based Relay Control
173|ET62|2110|0x083E|Load Profile Display
179|ET66|2114|0x0842|Load Profile Source ID Mapping
179|ET70|2118|0x0846|RAM Only Status
180|ET71|2119|0x0847|Delta Data Alerts
182|ET74|2122|0x084A|MEP Recurring Read Extended
183|ET75|2123|0x084B|Primary Load Profile Channel
187|ET79|2127|0x0849|History Log Data (Alternate Event
189|ET80|2128|0x0850|Average Power Settings
191|ET81|2129|0x0851|Power Outage Log
192|ET85|2133|0x0855|MEP Procedure Response
192|ET89|2137|0x0859|Meter LN Status
196|ET90|2138|0x085A|Dimension LN
198|ET97|2145|0x0861|Meter Configuration LN
202|BT00||0x0000|General Configuration
204|BT01||0x0001|General Manufacturer Information
205|BT15||0x000F|Constants
206|BT21||0x0015|Actual Register
208|BT22||0x0016|Data Selection
213|BT23||0x0017|Current Register Data
217|BT24||0x0018|Previous Season Data
218|BT25||0x0019|Previous Demand Reset Data
218|BT26||0x001A|Self-Read Data
220|BT27||0x001B|Present Register Selection
221|BT28||0x001c|Present Register Data
226|BT30||0x001E|Dimension Display
227|BT33||0x0021|Primary Display List
228|BT50||0x0032|Dimension Time and TOU
230|BT52||0x0034|UTC Clock
231|BT53||0x0035|Time Offset
231|BT54||0x0036|Calendar
235|BT55||0x0037|Local Clock State
237|BT60||0x003C|Dimension Load Profile
239|BT61||0x003d|Actual Load Profile
241|BT62||0x003e|Load Profile Control
242|BT63||0x003f|Load Profile Status
244|BT65||0x0041|Load Profile Data, Data Set 2
244|BT66||0x0042|Load Profile Data, Data Set 3
244|BT67||0x0043|Load Profile Data, Data Set 4
247|BT74||0x004a|History Log Data (Primary Event Log)
249|EP17|2065|0x0811|Remove MEP Device
250|EP19|2067|0x0813|Post On-demand M-Bus Request
253|EP61|2109|0x083D|MEP Transaction Lock Control
`;

/** Table C.1, pp. 266-268: tables in the column "read-only". */
export const printedReadOnly =
  "BT00 BT01 BT04 BT08 BT20 BT21 BT22 BT25 BT26 BT27 BT28 BT30 BT50 BT52 BT55 BT60 BT61 BT62 BT63 BT64 BT65 BT66 BT67 BT70 BT71 BT74 ET11 ET14 ET15 ET16 ET21 ET29 ET30 ET31 ET36 ET41 ET42 ET45 ET46 ET53 ET54 ET58 ET59 ET66 ET70 ET71 ET74 ET75 ET79 ET81 ET85";

/** Table C.1: tables that the advanced key may write. */
export const printedAdvancedWrite =
  "BT07 BT15 BT23 BT24 BT33 BT54 ET02 ET03 ET04 ET05 ET06 ET07 ET09 ET13 ET23 ET34 ET40 ET47 ET50 ET51 ET52 ET55 ET57 ET67 ET76 ET77 ET80";

/** Table C.1: tables that the basic key may write. */
export const printedBasicWrite = "BT07 ET50 ET51 ET52";

/** Tables C.1 and C.4, pp. 265-270: tables with a mark in the column "Write - NVM". */
export const printedWriteNvm =
  "BT01 BT15 BT21 BT22 BT26 BT27 BT54 BT61 BT62 BT64 BT65 BT66 BT67 BT71 BT74 ET03 ET07 ET13 ET16 ET34 ET36 ET40 ET42 ET45 ET47 ET51 ET52 ET53 ET77 ET79 ET80";

/** Table C.1: tables with a mark in the column "Read - NVM Only". */
export const printedReadNvm =
  "BT22 BT24 BT25 BT26 BT27 BT64 BT65 BT66 BT67 BT74 ET16 ET31 ET41 ET42 ET52 ET53 ET75 ET79 ET81";
