package io.harmonylite.snapshot.examples.wiring;

import io.harmonylite.snapshot.sequence.TableSequenceMap;
import javax.sql.DataSource;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;

/** A host on Spring Boot. {@link SnapshotConfiguration} contains everything about snapshots. */
@SpringBootApplication
class SpringHost {

    public static void main(String[] arguments) {
        SpringApplication.run(SpringHost.class, arguments);
    }

    @Bean(initMethod = "migrate")
    Orders orders(DataSource pool, TableSequenceMap positions) {
        return new Orders(pool, positions);
    }
}
