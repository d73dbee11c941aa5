/** Up to where the logs of the meter at a point were read and booked, in the words of the job that reads them: the next holder goes on there. */
export const readMarks = `
  CREATE TABLE read_mark (
    point_id int NOT NULL REFERENCES metering_point, name text COLLATE "C" NOT NULL, mark text NOT NULL, PRIMARY KEY (point_id, name)
  ) WITH (fillfactor = 70);
`;
