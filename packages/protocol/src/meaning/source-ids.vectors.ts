/** The source tables of MEP guide 1.1, a line for each ID, with even spelling: what the generated families are held against. */

/** `id|name|unit on the wire`, pp. 210-213; 255 is on p. 180. */
export const printedSources = `
# p. 210
0|Fwd Active Wh L1L2L3|Wh
1|Rev Active Wh L1L2L3|Wh
2|Import Reactive VArh L1L2L3|varh
3|Export Reactive VArh L1L2L3|varh
4|Power Off Seconds|s
5|Power Outage Qty|count
6|Fwd+Rev Active Wh L1L2L3|Wh
7|Fwd-Rev Active Wh L1L2L3|Wh
8|Fwd Active W L1L2L3|W
9|Rev Active W L1L2L3|W
10|Import Reactive VAr L1L2L3|var
11|Export Reactive VAr L1L2L3|var
12|RMS Current L1|mA
13|RMS Current L2|mA
14|RMS Current L3|mA
15|RMS Voltage L1|mV
16|RMS Voltage L2|mV
17|RMS Voltage L3|mV
18|Power Factor L1|1/1000
19|Frequency|mHz
20|VA Power L1L2L3|VA
21|Power Factor L2|1/1000
22|Power Factor L3|1/1000
23|Sin phase angle L1|1/1000
24|Sin phase angle L2|1/1000
25|Sin phase angle L3|1/1000
26|Channel 0 Pulse Input|pulses
27|Channel 1 Pulse Input|pulses
28|Error Counter|count
29|T0 Fwd Active Wh L1L2L3|Wh
30|T0 Rev Active Wh L1L2L3|Wh
31|T0 Import Reactive VArh L1L2L3|varh
32|T0 Export Reactive VArh L1L2L3|varh
33|T0 Power Off Minutes|min
34|T0 Power Outage Qty|count
35|T0 Fwd+Rev Active Wh L1L2L3|Wh
36|T0 Fwd-Rev Active Wh L1L2L3|Wh
37|T0 Channel 0 Pulse Input|pulses
38|T0 Channel 1 Pulse Input|pulses
39|T0 Error Counter|count
40|T1 Fwd Active Wh L1L2L3|Wh
41|T1 Rev Active Wh L1L2L3|Wh
42|T1 Import Reactive VArh L1L2L3|varh
43|T1 Export Reactive VArh L1L2L3|varh
44|T1 Power Off Minutes|min
45|T1 Power Outage Qty|count
46|T1 Fwd+Rev Active Wh L1L2L3|Wh
47|T1 Fwd-Rev Active Wh L1L2L3|Wh
48|T1 Channel 0 Pulse Input|pulses
49|T1 Channel 1 Pulse Input|pulses
50|T1 Error Counter|count
51|T2 Fwd Active Wh L1L2L3|Wh
52|T2 Rev Active Wh L1L2L3|Wh
53|T2 Import Reactive VArh L1L2L3|varh
54|T2 Export Reactive VArh L1L2L3|varh
55|T2 Power Off Minutes|min
56|T2 Power Outage Qty|count
57|T2 Fwd+Rev Active Wh L1L2L3|Wh
58|T2 Fwd-Rev Active Wh L1L2L3|Wh
59|T2 Channel 0 Pulse Input|pulses
60|T2 Channel 1 Pulse Input|pulses
61|T2 Error Counter|count
62|T3 Fwd Active Wh L1L2L3|Wh
63|T3 Rev Active Wh L1L2L3|Wh
# p. 211
64|T3 Import Reactive VArh L1L2L3|varh
65|T3 Export Reactive VArh L1L2L3|varh
66|T3 Power Off Minutes|min
67|T3 Power Outage Qty|count
68|T3 Fwd+Rev Active Wh L1L2L3|Wh
69|T3 Fwd-Rev Active Wh L1L2L3|Wh
70|T3 Channel 0 Pulse Input|pulses
71|T3 Channel 1 Pulse Input|pulses
72|T3 Error Counter|count
73|MEP Dev 1 Counter 1|
74|MEP Dev 1 Counter 2|
75|MEP Dev 2 Counter 1|
76|MEP Dev 2 Counter 2|
77|MEP Dev 3 Counter 1|
78|MEP Dev 3 Counter 2|
79|MEP Dev 4 Counter 1|
80|MEP Dev 4 Counter 2|
81|Fwd Active W L1L2L3 post CT/VT|W
82|Rev Active W L1L2L3 post CT/VT|W
83|Import VAr L1L2L3 post CT/VT|var
84|Export VAr L1L2L3 post CT/VT|var
85|Unused|
86|Unused|
87|Unused|
88|Present Dmd 1|
89|Present Dmd 2|
90|Present Dmd 3|
91|Present Dmd 4|
92|Present Dmd 5|
93|Present Dmd 6|
94|Present Dmd 7|
95|Present Dmd 8|
96|Previous Dmd 1|
97|Previous Dmd 2|
98|Previous Dmd 3|
99|Previous Dmd 4|
100|Previous Dmd 5|
101|Previous Dmd 6|
102|Previous Dmd 7|
103|Previous Dmd 8|
104|Q1 Reactive VAr L1L2L3|var
105|Q2 Reactive VAr L1L2L3|var
106|Q3 Reactive VAr L1L2L3|var
107|Q4 Reactive VAr L1L2L3|var
108|Q1 Reactive VArh L1L2L3|varh
109|Q2 Reactive VArh L1L2L3|varh
110|Q3 Reactive VArh L1L2L3|varh
111|Q4 Reactive VArh L1L2L3|varh
112-163|Mapped source|
164|Min Voltage L1|mV
165|Min Voltage L2|mV
166|Min Voltage L3|mV
167|Max Voltage L1|mV
168|Max Voltage L2|mV
169|Max Voltage L3|mV
170|Max Active Fwd Power L1L2L3|W
171|Max Active Rev Power L1L2L3|W
172|Max Reactive Power Q1|var
173|Max Reactive Power Q2|var
174|Max Reactive Power Q3|var
175|Max Reactive Power Q4|var
176|Time Stamp Previous Source|
177|Max forward active power L1L2L3 post CT/VT|W
178|Max reverse active power L1L2L3 post CT/VT|W
179|Max forward active power L1 post CT/VT|W
180|Max forward active power L2 post CT/VT|W
181|Max forward active power L3 post CT/VT|W
182|Max reverse active power L1 post CT/VT|W
# p. 212
183|Max reverse active power L2 post CT/VT|W
184|Max reverse active power L3 post CT/VT|W
185|Fwd Active W L1|W
186|Fwd Active W L2|W
187|Fwd Active W L3|W
188|Rev Active W L1|W
189|Rev Active W L2|W
190|Rev Active W L3|W
191|Fwd Active W L1 post CT/VT|W
192|Fwd Active W L2 post CT/VT|W
193|Fwd Active W L3 post CT/VT|W
194|Rev Active W L1 post CT/VT|W
195|Rev Active W L2 post CT/VT|W
196|Rev Active W L3 post CT/VT|W
197|RMS Current L1 post CT|mA
198|RMS Current L2 post CT|mA
199|RMS Current L3 post CT|mA
200|Reserved for internal use|
201|Current LP Interval Time Adjustment|s
202|Continuous RMS Voltage L1|mV
203|Continuous RMS Voltage L2|mV
204|Continuous RMS Voltage L3|mV
205|Average RMS Voltage L1|mV
206|Average RMS Voltage L2|mV
207|Average RMS Voltage L3|mV
208|Average Fwd Active W L1L2L3|W
209|Average Rev Active W L1L2L3|W
210|Average Fwd Active W L1|W
211|Average Fwd Active W L2|W
212|Average Fwd Active W L3|W
213|Average Rev Active W L1|W
214|Average Rev Active W L2|W
215|Average Rev Active W L3|W
216|Apparent Power Q1 VA L1L2L3|VA
217|Apparent Power Q2 VA L1L2L3|VA
218|Apparent Power Q3 VA L1L2L3|VA
219|Apparent Power Q4 VA L1L2L3|VA
220|Apparent Power Q1 VA L1|VA
221|Apparent Power Q2 VA L1|VA
222|Apparent Power Q3 VA L1|VA
223|Apparent Power Q4 VA L1|VA
224|Apparent Power Q1 VA L2|VA
225|Apparent Power Q2 VA L2|VA
226|Apparent Power Q3 VA L2|VA
227|Apparent Power Q4 VA L2|VA
228|Apparent Power Q1 VA L3|VA
229|Apparent Power Q2 VA L3|VA
230|Apparent Power Q3 VA L3|VA
231|Apparent Power Q4 VA L3|VA
232|Neutral Current|mA
233|Average RMS Current L1|mA
234|Average RMS Current L2|mA
235|Average RMS Current L3|mA
236|Voltage Angle A to B|1/100 deg
237|Voltage Angle B to C|1/100 deg
238|Voltage Angle C to A|1/100 deg
239|Imp Reactive VAr A|var
240|Imp Reactive VAr B|var
241|Imp Reactive VAr C|var
242|Exp Reactive VAr A|var
243|Exp Reactive VAr B|var
244|Exp Reactive VAr C|var
245-254|Not listed|
255|Not in use|
`;

/** `position in BT28|name|firmware that added it`, pp. 222-226; 2.12 is from the optical port guide 1.1, p. 56. */
export const printedPresentValues = `
# p. 222
0|Fwd Active W L1L2L3|all
1|Rev Active W L1L2L3|all
2|Import Reactive VAr L1L2L3|all
3|Export Reactive VAr L1L2L3|all
4|RMS Current L1|all
5|RMS Current L2|all
6|RMS Current L3|all
7|RMS Voltage L1|all
8|RMS Voltage L2|all
9|RMS Voltage L3|all
10|Power Factor L1|all
11|Frequency|all
12|VA Power L1L2L3|all
13|Power Factor L2|all
14|Power Factor L3|all
15|Sin phase angle L1|all
16|Sin phase angle L2|all
17|Sin phase angle L3|all
18|Fwd Active W L1L2L3 post CT/VT|2.12
# p. 223
19|Rev Active W L1L2L3 post CT/VT|2.12
20|Import VAr L1L2L3 post CT/VT|2.12
21|Export VAr L1L2L3 post CT/VT|2.12
22|Q1 Reactive VAr L1L2L3|3.10
23|Q2 Reactive VAr L1L2L3|3.10
24|Q3 Reactive VAr L1L2L3|3.10
25|Q4 Reactive VAr L1L2L3|3.10
26|Fwd Active W L1|3.50
27|Fwd Active W L2|3.50
28|Fwd Active W L3|3.50
29|Rev Active W L1|3.50
30|Rev Active W L2|3.50
31|Rev Active W L3|3.50
32|Fwd Active W L1 post CT/VT|3.50
33|Fwd Active W L2 post CT/VT|3.50
34|Fwd Active W L3 post CT/VT|3.50
35|Rev Active W L1 post CT/VT|3.50
36|Rev Active W L2 post CT/VT|3.50
37|Rev Active W L3 post CT/VT|3.50
# p. 224
38|RMS Current L1 post CT|3.50
39|RMS Current L2 post CT|3.50
40|RMS Current L3 post CT|3.50
41|Continuous RMS Voltage L1|3.70 / CPM 1.20
42|Continuous RMS Voltage L2|3.70 / CPM 1.20
43|Continuous RMS Voltage L3|3.70 / CPM 1.20
44|Average RMS Voltage L1|3.70 / CPM 1.20
45|Average RMS Voltage L2|3.70 / CPM 1.20
46|Average RMS Voltage L3|3.70 / CPM 1.20
47|Average Fwd Active W L1L2L3|3.70 / CPM 1.20
48|Average Rev Active W L1L2L3|3.70 / CPM 1.20
49|Average Fwd Active W L1|3.70 / CPM 1.20
50|Average Fwd Active W L2|3.70 / CPM 1.20
51|Average Fwd Active W L3|3.70 / CPM 1.20
52|Average Rev Active W L1|3.70 / CPM 1.20
53|Average Rev Active W L2|3.70 / CPM 1.20
54|Average Rev Active W L3|3.70 / CPM 1.20
55|Apparent Power Q1 VA L1L2L3|4.0
56|Apparent Power Q2 VA L1L2L3|4.0
57|Apparent Power Q3 VA L1L2L3|4.0
# p. 225
58|Apparent Power Q4 VA L1L2L3|4.0
59|Apparent Power Q1 VA L1|4.0
60|Apparent Power Q2 VA L1|4.0
61|Apparent Power Q3 VA L1|4.0
62|Apparent Power Q4 VA L1|4.0
63|Apparent Power Q1 VA L2|4.0
64|Apparent Power Q2 VA L2|4.0
65|Apparent Power Q3 VA L2|4.0
66|Apparent Power Q4 VA L2|4.0
67|Apparent Power Q1 VA L3|4.0
68|Apparent Power Q2 VA L3|4.0
69|Apparent Power Q3 VA L3|4.0
70|Apparent Power Q4 VA L3|4.0
71|Neutral Current|4.0
72|Average RMS Current L1|4.10
73|Average RMS Current L2|4.10
74|Average RMS Current L3|4.10
75|Voltage Angle A to B|4.30 / CPM 1.32
76|Voltage Angle B to C|4.30 / CPM 1.32
# p. 226
77|Voltage Angle C to A|4.30 / CPM 1.32
78|Imp Reactive VAr A|4.30 / CPM 1.32
79|Imp Reactive VAr B|4.30 / CPM 1.32
80|Imp Reactive VAr C|4.30 / CPM 1.32
81|Exp Reactive VAr A|4.30 / CPM 1.32
82|Exp Reactive VAr B|4.30 / CPM 1.32
83|Exp Reactive VAr C|4.30 / CPM 1.32
`;
